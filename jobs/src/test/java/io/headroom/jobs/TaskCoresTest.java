package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.ScratchResults;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.testkit.SparkStage;
import io.headroom.jobs.testkit.WitnessedSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How many of the two cores each task of a command has: all to measure, one to read. */
class TaskCoresTest {
  @RegisterExtension static final WitnessedSpark SPARK = new WitnessedSpark();

  private static final String BODY =
      """
      models = [qwen2-0.5b]
      kv-heads = [mqa]
      threads = [2]
      decode-tokens = 1
      measure { min-samples = 1, max-seconds-per-cell = 0.02 }
      """;

  private static final String LENGTHS = BODY + "sequences { lengths = [3, 9] }";
  private static final String TRACE = BODY + "sequences { trace = trace.csv, sample = 2 }";

  @TempDir Path folder;

  @Test
  void aTraceIsReadByTheCoreAndItsSampleMeasuredOnTheWholeExecutor() {
    ScratchSweep sweep = sweep(TRACE);

    run(sweep);

    assertThat(SPARK.applications()).isEqualTo(2);
    assertThat(reading()).hasSizeGreaterThanOrEqualTo(2).containsOnly(1);
    assertThat(measuring()).isNotEmpty().containsOnly(2);
    assertThat(SparkStage.summarising(SPARK.stages())).isNotEmpty().containsOnly(2);
  }

  @Test
  void aSweepWithoutATraceStartsSparkOnce() {
    run(sweep(LENGTHS));

    assertThat(SPARK.applications()).isEqualTo(1);
    assertThat(measuring()).isNotEmpty().containsOnly(2);
  }

  @Test
  void aDryRunReadsByTheCore() {
    run(sweep(TRACE), "--dry-run");

    assertThat(SPARK.applications()).isEqualTo(1);
    assertThat(reading()).hasSizeGreaterThanOrEqualTo(2).containsOnly(1);
    assertThat(SPARK.stages()).hasSameSizeAs(reading());
  }

  /** A core is the whole executor. */
  @Test
  void oneCoreNeedsOneSpark() {
    SPARK.set("spark.master", "local[1]");

    CommandRun run = sweep(TRACE).run();

    assertThat(run.out()).contains("2 rows are unsupported; column reason says why");
    assertThat(SPARK.applications()).isEqualTo(1);
    assertThat(reading()).hasSizeGreaterThanOrEqualTo(2).containsOnly(1);
    assertThat(measuring()).isNotEmpty().containsOnly(1);
  }

  @Test
  void coresThatTheUserSetHoldForAllTasks() {
    SPARK.set("spark.task.cpus", "2");

    run(sweep(TRACE));

    assertThat(SPARK.applications()).isEqualTo(1);
    assertThat(reading()).hasSizeGreaterThanOrEqualTo(2).containsOnly(2);
    assertThat(measuring()).isNotEmpty().containsOnly(2);
  }

  /** A report may run a slow task twice: it measures nothing. */
  @Test
  void aReportReadsByTheCoreAndMaySpeculate() throws IOException {
    SPARK.set("spark.speculation", "true");
    Path results = folder.resolve("results");
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      ScratchResults.write(
          results, session, List.of(ScratchResults.measured("a", 8, "f32", 64).build()));
    }
    int before = SPARK.stages().size();

    CommandRun run =
        CommandRun.of(
            "report", results.toString(), "--out", folder.resolve("page.html").toString());

    assertThat(run.exitStatus()).as(run.toString()).isZero();
    assertThat(SPARK.applications()).isEqualTo(2);
    assertThat(SPARK.stages()).hasSizeGreaterThan(before);
    assertThat(SPARK.stages().stream().map(SparkStage::taskCores)).containsOnly(1);
  }

  private ScratchSweep sweep(String body) {
    ScratchSweep.write(
        folder.resolve("trace.csv"),
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:17:03.9799600,12,3
        2023-11-16 18:17:04.0319600,7,2
        2023-11-16 18:17:05.0000000,30,2
        """);
    return ScratchSweep.of(folder, body);
  }

  private static void run(ScratchSweep sweep, String... more) {
    CommandRun run = sweep.run(more);
    assertThat(run.exitStatus()).as(run.toString()).isZero();
  }

  private static List<Integer> reading() {
    return SparkStage.reading("trace.csv", SPARK.stages());
  }

  private static List<Integer> measuring() {
    return SparkStage.measuring(SPARK.stages());
  }
}
