package io.headroom.jobs.mistakes;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.WithoutSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed and hostile inputs that are known before Spark starts. */
@ExtendWith(WithoutSpark.class)
class MalformedInputTest {
  @TempDir Path folder;

  static Stream<MalformedInput> inputs() {
    return Stream.of(
            MalformedSweeps.all(),
            MalformedModels.all(),
            MalformedTensors.all(),
            MalformedTraces.beginnings(),
            SpecialFiles.all())
        .flatMap(inputs -> inputs);
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void isOneLineAndDoesNoHarm(MalformedInput input) throws IOException {
    Harmless.check(input, folder);
  }

  /** As many of every kind as the kind says, each told from the others. */
  @Test
  void everyKindIsWellRepresented() {
    Map<MalformedKind, Integer> counts = new EnumMap<>(MalformedKind.class);
    Stream.concat(inputs(), MalformedTraces.lines())
        .peek(input -> counts.merge(input.kind(), 1, Integer::sum))
        .map(MalformedInput::toString)
        .forEach(name -> assertThat(name).isNotBlank());

    assertThat(counts).containsOnlyKeys(MalformedKind.values());
    counts.forEach(
        (kind, count) ->
            assertThat(count).as(kind.description()).isGreaterThanOrEqualTo(kind.least()));
    assertThat(Stream.concat(inputs(), MalformedTraces.lines()).map(MalformedInput::toString))
        .doesNotHaveDuplicates();
  }

  /** What is odd and yet right. */
  @Test
  void blanksAndLettersOfAllKindsAreNoMistake() throws IOException {
    Path odd = Files.createDirectory(folder.resolve("eine Größe 模型 [1]{2}"));
    Files.writeString(
        odd.resolve("ein Modell.json"),
        "\ufeff{\"model_type\": \"llama\", \"hidden_size\": 64, \"n_layer\": 1, \"n_head\": 2}");
    Files.writeString(odd.resolve("lengths.conf"), "sweep.sequences.lengths = [4]");
    Path conf =
        Files.writeString(
            odd.resolve("ein sweep.conf"),
            "\ufeffinclude \"lengths.conf\"\nsweep.models = [\"ein Modell.json\"]");

    CommandRun run = CommandRun.of("sweep", conf.toString(), "--dry-run");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.out()).contains("1 cell, 1 sequence, 1 rows");
  }
}
