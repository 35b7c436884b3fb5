package io.headroom.jobs.sweep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An interrupted sweep goes on where it stopped. */
class SweepResumeTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir Path folder;

  private static final int CELLS = 3;
  private static final int ROWS_OF_A_CELL = 2;
  private static final int UNBUILDABLE = 1;
  private static final int ROWS = CELLS * ROWS_OF_A_CELL + UNBUILDABLE;

  /** Seven heads divide Qwen's 14 but not the 32 of TinyLlama. */
  private static final String BODY =
      """
      name = resumed
      models = [qwen2-0.5b, tinyllama-1.1b]
      kv-heads = [7, mqa]
      sequences { lengths = [3, 6] }
      decode-tokens = 1
      measure { min-samples = 1000, max-seconds-per-cell = 0.01 }
      wave-seconds = 0.001
      """;

  private static ScratchSweep finished;
  private ScratchSweep sweep;

  @BeforeAll
  static void sweepOnce(@TempDir Path once) {
    finished = ScratchSweep.of(once, BODY);
    CommandRun run = finished.run();
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
  }

  @BeforeEach
  void copyTheSweep() throws IOException {
    sweep = ScratchSweep.of(folder, BODY);
    finished.copyResultsTo(sweep);
  }

  @Test
  void everyWaveIsAFileOfItsOwn() {
    List<Row> rows = rows();

    assertThat(rows).hasSize(ROWS);
    assertThat(rows.stream().map(row -> row.<Integer>getAs("wave")).distinct())
        .containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(sweep.waveFiles()).hasSize(4);
  }

  @Test
  void measuresOnlyWhatIsMissing() throws IOException {
    List<Row> before = rows();
    Path lost = sweep.waveFiles().get(1);
    List<Row> gone = SPARK.session().read().parquet(lost.toString()).collectAsList();
    Files.delete(lost);
    int lastWave = before.stream().mapToInt(row -> row.<Integer>getAs("wave")).max().orElseThrow();

    CommandRun run = sweep.run("--resume");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    List<Row> after = rows();
    List<Row> added = after.stream().filter(row -> !before.contains(row)).toList();
    assertThat(keys(after))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(keys(before));
    assertThat(keys(added)).containsExactlyInAnyOrderElementsOf(keys(gone));
    assertThat(added)
        .allSatisfy(
            row ->
                assertThat(row.<String>getAs("run_id"))
                    .isNotEqualTo(before.get(0).<String>getAs("run_id")));
    assertThat(added)
        .filteredOn(row -> row.getAs("status").equals("ok"))
        .allSatisfy(row -> assertThat(row.<Integer>getAs("wave")).isGreaterThan(lastWave - 1));
    assertThat(sweep.summary(SPARK.session()).count()).isEqualTo(CELLS + UNBUILDABLE);
  }

  @Test
  void measuresNothingOfAFinishedSweep() {
    List<String> before = ScratchSweep.snapshot(sweep.out().resolve("measurements"));

    CommandRun run = sweep.run("--resume");

    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.err()).anyMatch(line -> line.contains(" 0 shards, about 0 ns on 2 slots"));
    assertThat(ScratchSweep.snapshot(sweep.out().resolve("measurements"))).isEqualTo(before);
    assertThat(run.out()).anyMatch(line -> line.startsWith("7 rows of 4 cells in "));
  }

  /** What a driver leaves that was killed before it committed anything. */
  @Test
  void beginsAgainWhereNothingWasCommitted() throws IOException {
    for (Path file : sweep.waveFiles()) {
      Files.delete(file);
    }
    Files.createDirectories(sweep.out().resolve("measurements/_temporary/0"));

    assertThat(sweep.run("--resume").exitStatus()).isZero();
    assertThat(rows()).hasSize(ROWS);
  }

  @Test
  void aNewFolderMayBeResumedToo() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    ScratchSweep fresh = ScratchSweep.of(other, BODY);

    assertThat(fresh.run("--resume").exitStatus()).isZero();
    assertThat(fresh.measurements(SPARK.session()).count()).isEqualTo(rows().size());
  }

  @Test
  void otherWavesAreNoOtherConfiguration() {
    assertThat(sweep.run("--resume", "--set", "sweep.wave-seconds=60").exitStatus()).isZero();
  }

  @Test
  void anotherConfigurationIsRefused() {
    assertRefused(
        "holds the sweep resumed of another configuration; allowed: a new folder, or --resume with the configuration that began it",
        "--resume",
        "--set",
        "sweep.seed=43");
    assertRefused(
        "holds the sweep resumed of another configuration",
        "--resume",
        "--set",
        "sweep.decode-tokens=2");
  }

  @Test
  void withoutResumeTheFolderOfASweepIsRefused() {
    assertRefused(
        "holds the sweep resumed; allowed: a new folder, or --resume to finish it", new String[0]);
  }

  @Test
  void aBrokenManifestIsNamed() {
    ScratchSweep.write(sweep.out().resolve("manifest.json"), "{ \"name\": ");

    CommandRun run = sweep.run("--resume");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("headroom: " + sweep.out() + "/manifest.json: not JSON: ");
  }

  private void assertRefused(String message, String... arguments) {
    List<String> before = ScratchSweep.snapshot(folder);

    CommandRun run = sweep.run(arguments);

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("headroom: --out " + sweep.out() + ": " + message);
    assertThat(run.out()).isEmpty();
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  /** A row that an earlier run found wrong: the sweep as a whole has a bad result. */
  @Test
  void failedRowsMakeABadResult() throws IOException {
    Path wave = sweep.waveFiles().get(0);
    for (Path file : sweep.waveFiles()) {
      if (SPARK.session().read().parquet(file.toString()).where("status = 'ok'").count() > 0) {
        wave = file;
      }
    }
    Dataset<Row> failed =
        SPARK
            .session()
            .createDataFrame(
                SPARK.session().read().parquet(wave.toString()).collectAsList(),
                MeasurementTable.SCHEMA)
            .withColumn("status", when(col("status").equalTo("ok"), lit("failed")))
            .withColumn("reason", lit("relative L2 error 1 against the reference; allowed: 2e-05"));
    Files.delete(wave);
    long rows = failed.count();
    failed.write().mode(SaveMode.Append).parquet(sweep.out().resolve("measurements").toString());

    CommandRun run = sweep.run("--resume");

    assertThat(run.exitStatus()).as(run.err().toString()).isEqualTo(1);
    assertThat(run.out()).contains(rows + " rows failed; column reason says why");
    assertThat(sweep.text("manifest.json"))
        .contains("\"rows_failed\" : " + rows)
        .contains("\"cells_failed\" : 1");
    assertThat(
            sweep
                .summary(SPARK.session())
                .where("rows_failed > 0")
                .select("rows_failed", "reason")
                .collectAsList())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getLong(0)).isEqualTo(rows);
              assertThat(row.getString(1)).startsWith("relative L2 error 1");
            });
  }

  private List<Row> rows() {
    return sweep.measurements(SPARK.session()).collectAsList();
  }

  private static List<String> keys(List<Row> rows) {
    return rows.stream().map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id")).toList();
  }
}
