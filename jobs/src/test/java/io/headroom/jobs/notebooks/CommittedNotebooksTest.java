package io.headroom.jobs.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.measurements.Axis;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The notebooks as they are committed: without what a run leaves in them. */
class CommittedNotebooksTest {
  private static final long LARGEST_FIGURE_BYTES = 200_000;

  static List<Path> notebooks() throws IOException {
    return Notebook.committed();
  }

  @Test
  void thereAreThree() throws IOException {
    assertThat(notebooks().stream().map(file -> file.getFileName().toString()))
        .contains("01-kv-memory.ipynb", "02-latency.ipynb", "03-capacity.ipynb");
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void noNoiseIsCommitted(Path file) throws IOException {
    assertThat(Notebook.read(file).noise()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void theLastCellHasTheAnswers(Path file) throws IOException {
    assertThat(Notebook.read(file).endsInAnswers()).isTrue();
  }

  /** What the notebooks group by is what tells configurations apart. */
  @Test
  void theirAxesAreThoseOfTheResults() throws IOException {
    String shared = Files.readString(Notebook.folder().resolve("headroom.py"));

    for (Axis.Kind kind : Axis.Kind.values()) {
      String columns =
          Arrays.stream(Axis.values())
              .filter(axis -> axis.kind() == kind)
              .flatMap(axis -> axis.columns().stream())
              .map("\"%s\""::formatted)
              .collect(Collectors.joining(", "));
      assertThat(shared)
          .contains("    \"%s\": [%s],".formatted(kind.name().toLowerCase(Locale.ROOT), columns));
    }
  }

  /** An axis that is added to the list would be missing in a list of their own. */
  @ParameterizedTest
  @MethodSource("notebooks")
  void theyListNoConditionsThemselves(Path file) throws IOException {
    List<String> lists =
        Notebook.read(file).cells().stream()
            .map(cell -> cell.path("source").toString())
            .filter(source -> source.matches("(?s).*threads\\W+contention.*"))
            .toList();

    assertThat(lists).isEmpty();
  }

  @Test
  void whatARunLeavesIsNoise() throws IOException {
    Notebook run =
        Notebook.parse(
            """
            {"cells": [
              {"cell_type": "code", "id": "a1b2", "execution_count": 3, "outputs": [{}],
               "metadata": {"execution": {}}, "source": []},
              {"cell_type": "markdown", "id": "title", "metadata": {}, "source": []},
              {"cell_type": "markdown", "id": "title", "metadata": {}, "source": []}],
             "metadata": {"language_info": {"version": "3.12.1"}}}
            """);

    assertThat(run.noise())
        .containsExactly(
            "cell 'a1b2' has no name as its id",
            "cell 'a1b2' has outputs",
            "cell 'a1b2' has an execution count",
            "cell 'a1b2' has times of its execution",
            "cell 'title' is there twice",
            "the notebook has a version of Python");
    assertThat(run.endsInAnswers()).isFalse();
  }

  @Test
  void figuresAreSmall() throws IOException {
    try (Stream<Path> figures = Files.list(SharedData.projectRoot().resolve("notebooks/figures"))) {
      assertThat(figures)
          .isNotEmpty()
          .allSatisfy(figure -> assertThat(Files.size(figure)).isLessThan(LARGEST_FIGURE_BYTES));
    }
  }
}
