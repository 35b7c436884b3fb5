package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kept row can be measured again from what lies beside it. */
class SweepOnlyTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark(2);
  @TempDir static Path folder;
  @TempDir Path again;

  /** What a second measurement may change: when and where it ran, and how long it took. */
  private static final List<String> ANOTHER_TIME =
      List.of("run_id", "wave", "partition_id", "task_attempt", "stage_attempt", "started_at");

  private static ScratchSweep sweep;
  private static List<Row> rows;

  /** A model and a trace beside the configuration, lengths that are drawn, and half verified. */
  @BeforeAll
  static void sweep() throws Exception {
    Path models = Files.createDirectory(folder.resolve("models"));
    Files.copy(
        SharedData.projectRoot().resolve("conf/models/tinyllama-1.1b.json"),
        models.resolve("mine.json"));
    Files.writeString(
        folder.resolve("requests.csv"),
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:15:46.6805900,37,3
        2023-11-16 18:15:50.9951690,12,1
        2023-11-16 18:15:51.2225670,50,2
        2023-11-16 18:15:52.2225670,21,4
        2023-11-16 18:15:53.2225670,8,2
        """);
    sweep =
        ScratchSweep.of(
            folder,
            """
            name = whole
            models = [models/mine.json, qwen2-0.5b]
            kv-heads = [model, 7]
            sequences { trace = requests.csv, sample = 4 }
            decode-tokens = trace
            kv-precisions = [int4]
            contention = [1, 2]
            measure { min-samples = 2, max-seconds-per-cell = 0.05 }
            verify { sample = 0.5 }
            """);
    CommandRun run = sweep.run("--set", "sweep.seed=11");
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    rows = sweep.measurements(SPARK.session()).collectAsList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"manifest.json", "sweep.conf"})
  void aCellIsMeasuredAgainFromItsResults(String file) throws Exception {
    String id = cellOf("mine", "int4", 2);

    CommandRun run = rerun(sweep.out().resolve(file), id.substring(0, 10), again.resolve("out"));

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    List<Row> repeated = read(again.resolve("out"));
    List<Row> kept = ofCell(rows, id);
    assertThat(kept).hasSize(4);
    assertThat(kept).anyMatch(row -> row.getAs("verified") != null);
    assertThat(repeated.stream().map(SweepOnlyTest::whatMustNotChange))
        .containsExactlyElementsOf(kept.stream().map(SweepOnlyTest::whatMustNotChange).toList());
    JsonNode manifest = new ObjectMapper().readTree(again.resolve("out/manifest.json").toFile());
    assertThat(manifest.path("only").asText()).isEqualTo(id);
    assertThat(manifest.path("cells_planned").asInt()).isEqualTo(1);
  }

  /** And again from the results of the one cell. */
  @Test
  void aRepetitionCanBeRepeated() {
    String id = cellOf("qwen2-0.5b", "int4", 1);
    Path once = again.resolve("once");
    Path twice = again.resolve("twice");

    CommandRun first = rerun(sweep.out().resolve("sweep.conf"), id, once);
    CommandRun second = rerun(once.resolve("manifest.json"), id, twice);

    assertThat(first.exitStatus()).as(first.err().toString()).isZero();
    assertThat(second.exitStatus()).as(second.err().toString()).isZero();
    assertThat(read(twice).stream().map(SweepOnlyTest::whatMustNotChange))
        .containsExactlyElementsOf(
            ofCell(rows, id).stream().map(SweepOnlyTest::whatMustNotChange).toList());
  }

  @Test
  void aCellThatCannotBeBuiltStaysSo() {
    Row bad =
        rows.stream().filter(row -> row.getAs("sequence_id") == null).findFirst().orElseThrow();

    CommandRun run =
        rerun(sweep.out().resolve("sweep.conf"), bad.getAs("cell_id"), again.resolve("out"));

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(read(again.resolve("out")))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.<String>getAs("status")).isEqualTo("unsupported");
              assertThat(row.<String>getAs("reason")).isEqualTo(bad.getAs("reason"));
            });
  }

  @Test
  void theResultsOfTheWholeSweepAreNotMixedWithThoseOfACell() {
    CommandRun run =
        rerun(sweep.out().resolve("sweep.conf"), cellOf("qwen2-0.5b", "int4", 1), sweep.out());

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("holds the sweep whole; allowed: ");
  }

  private CommandRun rerun(Path conf, String id, Path out) {
    return CommandRun.of("sweep", conf.toString(), "--only", id, "--out", out.toString());
  }

  private static List<Row> read(Path out) {
    return sorted(
        SPARK.session().read().parquet(out.resolve("measurements").toString()).collectAsList());
  }

  private static List<Row> sorted(List<Row> rows) {
    return rows.stream()
        .sorted(
            Comparator.comparing(
                row -> row.<Integer>getAs("sequence_id"),
                Comparator.nullsFirst(Comparator.naturalOrder())))
        .toList();
  }

  private static List<Row> ofCell(List<Row> rows, String id) {
    return sorted(rows.stream().filter(row -> row.getAs("cell_id").equals(id)).toList());
  }

  private static String cellOf(String model, String precision, int contention) {
    return rows.stream()
        .filter(row -> row.getAs("model").equals(model))
        .filter(row -> row.getAs("kv_precision").equals(precision))
        .filter(row -> row.<Integer>getAs("contention") == contention)
        .filter(row -> row.getAs("sequence_id") != null)
        .findFirst()
        .orElseThrow()
        .getAs("cell_id");
  }

  /** Identity, configuration, memory and errors: all but what was measured, or learnt of it. */
  private static String whatMustNotChange(Row row) {
    return Stream.of(row.schema().fields())
        .map(StructField::name)
        .filter(name -> !ANOTHER_TIME.contains(name))
        .filter(name -> row.fieldIndex(name) <= row.fieldIndex("kv_saving") || isOutcome(name))
        .map(name -> name + "=" + row.<Object>getAs(name))
        .reduce((one, other) -> one + " " + other)
        .orElseThrow();
  }

  private static boolean isOutcome(String name) {
    return List.of("verified", "max_abs_error", "relative_l2_error", "status", "reason")
        .contains(name);
  }
}
