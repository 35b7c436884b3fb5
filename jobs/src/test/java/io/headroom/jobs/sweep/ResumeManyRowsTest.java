package io.headroom.jobs.sweep;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.SweepPlan;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MeasurementRows;
import io.headroom.jobs.sweep.rows.RowOrigin;
import io.headroom.jobs.sweep.rows.SparkRows;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.sweep.settings.SweepSettingsReader;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.workload.Workload;
import io.headroom.jobs.workload.WorkloadReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A sweep of many rows of which none is missing; how long it took to find that out is printed. */
class ResumeManyRowsTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();
  @TempDir Path folder;

  /** A thousand make 100,000 cells. */
  private static final int THREADS = Integer.getInteger("headroom.resume.threads", 1);

  /** Of each cell. */
  private static final int SEQUENCES = Integer.getInteger("headroom.resume.sequences", 100);

  private static final int CELLS = 100 * THREADS;
  private static final int FILES = 50;

  private static final String BODY =
      """
      models = [qwen2-0.5b, tinyllama-1.1b, llama-2-7b, llama-3.1-8b, qwen3-8b]
      kv-heads = [mha, mqa]
      kv-precisions = [f32, f16, bf16, int8, int4]
      windows = [none, {size = 1024, sinks = 4}]
      sequences { uniform { min = 16, max = 4096 }, count = %d }
      threads = %s
      """
          .formatted(SEQUENCES, IntStream.rangeClosed(1, THREADS).boxed().toList());

  @Test
  void nothingIsMeasuredAgain() throws IOException {
    ScratchSweep sweep = ScratchSweep.of(folder, BODY);
    SettingsFile file = SettingsFile.read(sweep.conf(), SweepSettings.DEFAULTS, List.of());
    SweepSettings settings = SweepSettingsReader.read(file);
    SweepPlan plan =
        SweepPlan.of(
            settings,
            file,
            CellIds.current(),
            settings.models().stream().map(Sweeps.catalogue()::locate).toList());
    assertThat(plan.cells().cells()).hasSize(CELLS);
    Workload workload =
        WorkloadReader.read(
            settings.sequences(),
            settings.decodeTokens(),
            settings.seed(),
            (source, sequences) -> {},
            SPARK::session);
    write(plan, workload, sweep.out());

    CommandRun run = sweep.run("--resume");

    // How long it took is measured, not asserted.
    run.err().forEach(System.out::println);
    assertThat(run.exitStatus()).as(run.err().toString()).isZero();
    assertThat(run.err())
        .anyMatch(
            line ->
                line.startsWith(
                    "sweep: %,d rows of earlier runs, read in ".formatted(CELLS * SEQUENCES)))
        .anyMatch(line -> line.contains(" 0 shards, about 0 ns"));
    assertThat(sweep.summary(SPARK.session()).count()).isEqualTo(CELLS);
  }

  /** What an earlier run would have left. */
  private static void write(SweepPlan plan, Workload workload, Path out) throws IOException {
    RowOrigin origin = new RowOrigin("earlier", 0, 0, 0, "0", "host", Instant.EPOCH);
    Map.Entry<String, Cell> any = plan.cells().cells().entrySet().iterator().next();
    List<Row> rows =
        workload.sequences().stream()
            .map(
                sequence ->
                    MeasurementRows.notMeasured(
                        origin, any.getValue(), any.getKey(), sequence, Status.UNSUPPORTED, "made"))
            .map(row -> SparkRows.of(row.withWave(1)))
            .toList();
    Dataset<Row> cellIds =
        SPARK
            .session()
            .createDataset(List.copyOf(plan.cells().cells().keySet()), Encoders.STRING())
            .toDF("id");
    SPARK
        .session()
        .createDataFrame(rows, MeasurementTable.SCHEMA)
        .crossJoin(cellIds)
        .withColumn("cell_id", col("id"))
        .drop("id")
        .repartition(FILES)
        .write()
        .parquet(out.resolve("measurements").toString());
    Map<String, Object> manifest =
        Map.of(
            "name",
            "many",
            "plan",
            plan.fingerprint(),
            "cell_ids",
            plan.ids().version(),
            "sequences",
            SEQUENCES,
            "workload",
            workload.fingerprint());
    Files.writeString(
        out.resolve("manifest.json"), new ObjectMapper().writeValueAsString(manifest));
  }
}
