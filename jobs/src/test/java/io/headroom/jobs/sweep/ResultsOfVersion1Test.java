package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that the first version left behind are of use as they were. */
class ResultsOfVersion1Test {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark(2);
  @TempDir Path folder;

  private static final Path GIVEN =
      SharedData.projectRoot().resolve("jobs/src/test/resources/results-of-version-1");
  private static final int CELLS = 24;
  private static final int SEQUENCES = 2;
  private static final int UNBUILDABLE = 8;
  private static final int ROWS = CELLS * SEQUENCES + UNBUILDABLE;
  private static final String TIME_ENOUGH = "sweep.measure.time-limit-seconds=600";

  private static List<Row> given;

  /** The given results, resumed once; by the first test that asks for them. */
  private static Path resumed;

  private static CommandRun resuming;

  @TempDir static Path once;

  private Path out;

  @BeforeAll
  static void readTheResults() {
    given = rows(GIVEN);
    resumed = null;
  }

  @BeforeEach
  void copyTheResults() throws IOException {
    out = copy(GIVEN, folder.resolve("out"));
  }

  @Test
  void theyAreWhatTheTestsNeed() {
    assertThat(given).hasSizeBetween(UNBUILDABLE + 1, ROWS - 1);
    assertThat(ofStatus("ok")).isNotEmpty();
    assertThat(ofStatus("failed")).isNotEmpty();
    assertThat(ofStatus("unsupported")).hasSize(UNBUILDABLE);
  }

  @Test
  @Tag("second-compiler")
  void whatIsMissingIsMeasuredUnderTheIdsOfTheFolder() throws IOException {
    Path results = resumed();

    assertThat(resuming.exitStatus()).as(resuming.err().toString()).isEqualTo(1);
    List<Row> after = rows(results);
    assertThat(keys(after)).hasSize(ROWS).doesNotHaveDuplicates();
    assertThat(after).containsAll(given);
    assertThat(after.stream().map(row -> row.getAs("cell_id")).distinct())
        .hasSize(CELLS + UNBUILDABLE);
    assertThat(
            after.stream()
                .filter(row -> !given.contains(row))
                .map(row -> row.<String>getAs("status")))
        .hasSize(ROWS - given.size())
        .containsOnly("ok");
    assertThat(SPARK.session().read().parquet(results.resolve("summary").toString()).count())
        .isEqualTo(CELLS + UNBUILDABLE);
    JsonNode manifest = manifest(results);
    assertThat(manifest.path("cell_ids").asInt()).isEqualTo(1);
    assertThat(manifest.path("plan")).isEqualTo(manifest(GIVEN).path("plan"));
  }

  @Test
  @Tag("second-compiler")
  void failedRowsAreMeasuredAgainAndThenNothingIs() throws IOException {
    Path again = copy(resumed(), folder.resolve("again"));

    CommandRun retry = resume(again, "--retry-failed");

    assertThat(retry.exitStatus()).as(retry.err().toString()).isZero();
    List<Row> after = rows(again);
    assertThat(keys(after)).hasSize(ROWS).doesNotHaveDuplicates().containsAll(keys(given));
    assertThat(after).noneMatch(row -> row.getAs("status").equals("failed"));
    assertThat(after)
        .containsAll(given.stream().filter(row -> !row.getAs("status").equals("failed")).toList());

    CommandRun finished = resume(again);

    assertThat(finished.exitStatus()).as(finished.err().toString()).isZero();
    assertThat(finished.err()).anyMatch(line -> line.contains(" 0 shards, "));
    assertThat(rows(again)).containsExactlyInAnyOrderElementsOf(after);
  }

  @Test
  @Tag("second-compiler")
  void aCellIsMeasuredAgainByItsId() throws IOException {
    assertMeasuredAgain(ofStatus("ok").get(0).getAs("cell_id"), out.resolve("sweep.conf"));
  }

  /** The shortest that is no other cell's. */
  @Test
  @Tag("second-compiler")
  void theBeginningOfAnIdIsEnough() throws IOException {
    List<String> ids =
        rows(resumed()).stream().map(row -> row.<String>getAs("cell_id")).distinct().toList();
    String id = ofStatus("ok").get(0).getAs("cell_id");

    assertMeasuredAgain(shortest(id, ids), out.resolve("manifest.json"));
  }

  private void assertMeasuredAgain(String idOrBeginning, Path configuration) throws IOException {
    Row kept =
        given.stream()
            .filter(row -> row.<String>getAs("cell_id").startsWith(idOrBeginning))
            .findFirst()
            .orElseThrow();
    Path again = folder.resolve("again");

    CommandRun run = only(configuration, idOrBeginning, again);

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(rows(again))
        .hasSize(SEQUENCES)
        .allSatisfy(row -> assertThat(configuration(row)).isEqualTo(configuration(kept)));
    assertThat(manifest(again).path("cell_ids").asInt()).isEqualTo(1);
  }

  /** Whoever kept the configuration elsewhere has the old ids at hand all the same. */
  @ParameterizedTest
  @ValueSource(strings = {"out/manifest.json", "mine.conf"})
  void whatCannotBeBuiltIsFoundByItsId(String configuration) throws IOException {
    Files.copy(out.resolve("sweep.conf"), folder.resolve("mine.conf"));
    Row bad = ofStatus("unsupported").get(0);
    String id = bad.getAs("cell_id");
    Path again = folder.resolve("again");

    CommandRun run = only(folder.resolve(configuration), id, again);
    CommandRun more = only(folder.resolve(configuration), id, again, "--resume");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(more.exitStatus()).as(more.err().toString()).isZero();
    assertThat(rows(again))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(configuration(row)).isEqualTo(configuration(bad));
              assertThat(row.<String>getAs("reason")).isEqualTo(bad.getAs("reason"));
            });
  }

  @Test
  void theyAreReported() throws IOException {
    Path page = folder.resolve("report.html");

    CommandRun run = CommandRun.of("report", out.toString(), "--out", page.toString());

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.out())
        .singleElement()
        .asString()
        .startsWith("%s: %d rows as ".formatted(page, given.size()));
    assertThat(Files.readString(page)).contains("qwen2-0.5b", "tinyllama-1.1b");
  }

  @Test
  void anotherConfigurationIsStillRefused() {
    CommandRun run = resume(out, "--set", "sweep.seed=8");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("holds the sweep version-1 of another configuration; allowed: ");
  }

  @Test
  void aRuleOfIdsThatIsNotKnownIsNamed() throws IOException {
    ObjectNode manifest = (ObjectNode) manifest(out);
    manifest.put("cell_ids", 99);
    Files.writeString(out.resolve("manifest.json"), manifest.toString());

    CommandRun run = resume(out);
    CommandRun again = only(out.resolve("sweep.conf"), "a", folder.resolve("again"));

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err())
        .containsExactly("headroom: %s/manifest.json: cell_ids = 99; allowed: 1, 2".formatted(out));
    assertThat(again.exitStatus()).isEqualTo(2);
    assertThat(again.err()).isEqualTo(run.err());
  }

  private static Path resumed() throws IOException {
    if (resumed == null) {
      resumed = copy(GIVEN, once.resolve("out"));
      resuming = resume(resumed);
    }
    return resumed;
  }

  private static Path copy(Path results, Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(results)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(results.relativize(file).toString()));
      }
    }
    return copy;
  }

  private static CommandRun resume(Path out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "sweep",
                out.resolve("sweep.conf").toString(),
                "--resume",
                "--out",
                out.toString(),
                "--set",
                TIME_ENOUGH));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static CommandRun only(Path configuration, String id, Path again, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "sweep",
                configuration.toString(),
                "--only",
                id,
                "--out",
                again.toString(),
                "--set",
                TIME_ENOUGH));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String shortest(String id, List<String> ids) {
    int length = 1;
    while (beginsMoreThanOne(id.substring(0, length), ids)) {
      length++;
    }
    return id.substring(0, length);
  }

  private static boolean beginsMoreThanOne(String beginning, List<String> ids) {
    return ids.stream().filter(other -> other.startsWith(beginning)).count() > 1;
  }

  private static List<Row> ofStatus(String status) {
    return given.stream().filter(row -> row.getAs("status").equals(status)).toList();
  }

  private static List<Row> rows(Path results) {
    return SPARK
        .session()
        .read()
        .parquet(results.resolve("measurements").toString())
        .drop("prefill_histogram", "decode_histogram")
        .collectAsList();
  }

  private static List<String> keys(List<Row> rows) {
    return rows.stream().map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id")).toList();
  }

  private static List<Object> configuration(Row row) {
    return Stream.of(
            "cell_id",
            "model",
            "kv_heads",
            "kv_precision",
            "kv_cache",
            "window",
            "sinks",
            "engine",
            "seed")
        .map(row::<Object>getAs)
        .toList();
  }

  private static JsonNode manifest(Path results) throws IOException {
    return new ObjectMapper().readTree(results.resolve("manifest.json").toFile());
  }
}
