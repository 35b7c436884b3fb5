package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.DocumentedCommands;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.testkit.SharedClasses;
import io.headroom.jobs.testkit.SparkDistribution;
import io.headroom.jobs.testkit.SparkEventLog;
import io.headroom.jobs.testkit.SparkStage;
import io.headroom.jobs.testkit.StandaloneCluster;
import io.headroom.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's commands for a standalone cluster, each in processes of its own: a master, two
 * workers of two cores, and the sweep.
 */
class StandaloneClusterIT {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Path ROOT = SharedData.projectRoot();
  private static final Path EMBEDDED = ROOT.resolve("jobs/target/spark");
  private static final int WORKERS = 2;
  private static final int CORES = 2;

  private static final String SWEEP =
      """
      models = [qwen2-0.5b]
      kv-heads = [model, mha, mqa]
      sequences { trace = trace.csv }
      decode-tokens = 2
      contention = [1, 2, 3]
      measure { min-samples = 2, max-seconds-per-cell = 0.1 }
      verify { sample = 1 }
      """;

  private static final String TRACE =
      """
      TIMESTAMP,ContextTokens,GeneratedTokens
      2023-11-16 18:17:03.9799600,40,2
      2023-11-16 18:17:04.0319600,9,2
      """;

  @TempDir Path folder;

  /** Nobody says how many cores an executor has: it gets all of its worker, and so does a task. */
  @Test
  void theEmbeddedSparkIsEnough() throws Exception {
    assertSweeps(EMBEDDED, command("jobs/bin/headroom sweep .* spark://HOST:7077 .*"));
  }

  @Test
  void anySparkRunsTheJar() throws Exception {
    assertSweeps(
        SparkDistribution.require(SPARK.session().version(), folder),
        command(".*/bin/spark-submit --master spark://HOST:7077 .*")
            .replace(" --class ", " --executor-cores %d --class ".formatted(CORES)));
  }

  private void assertSweeps(Path sparkHome, String command) throws Exception {
    ScratchSweep.write(folder.resolve("trace.csv"), TRACE);
    ScratchSweep sweep = ScratchSweep.of(folder, SWEEP);
    SparkEventLog log = new SparkEventLog(Files.createDirectory(folder.resolve("events")));
    // Of the driver: executors have what they need for vectors from their workers.
    Map<String, String> environment = new HashMap<>(SharedClasses.usedByFirstCompiler(folder));
    environment.put("SPARK_HOME", sparkHome.toString());
    try (StandaloneCluster cluster =
        StandaloneCluster.start(
            sparkHome,
            SharedClasses.used(folder),
            command(".*/bin/spark-class .*\\.Master .*"),
            command(".*/bin/spark-class .*\\.Worker .*"),
            folder,
            WORKERS,
            CORES)) {
      String here =
          cluster
              .at(command)
              .replace("conf/sweeps/quickstart.conf", sweep.conf().toString())
              .replace("results/cluster", sweep.out().toString())
              .replace(
                  "--executor-memory 8g",
                  "--executor-memory 1g " + String.join(" ", log.options()));

      ChildProcess run =
          ChildProcess.run(folder, LONGEST, environment, List.of("bash", "-c", "exec " + here));

      assertThat(run.exitStatus()).as(run.toString()).isZero();
      assertThat(run.err()).anyMatch(line -> line.endsWith(" on %d slots".formatted(WORKERS)));
    }
    assertMeasuredOnBothExecutors(sweep);
    assertOnlyMeasuringTakesWholeExecutors(log.stages());
  }

  private static void assertOnlyMeasuringTakesWholeExecutors(List<SparkStage> stages) {
    assertThat(SparkStage.reading("trace.csv", stages)).isNotEmpty().containsOnly(1);
    assertThat(SparkStage.measuring(stages)).isNotEmpty().containsOnly(CORES);
    assertThat(SparkStage.summarising(stages)).isNotEmpty().containsOnly(1);
  }

  private void assertMeasuredOnBothExecutors(ScratchSweep sweep) throws Exception {
    List<Row> rows = sweep.measurements(SPARK.session()).collectAsList();
    assertThat(rows).hasSize(3 * 2 * 3);
    assertThat(rows)
        .allSatisfy(
            row -> {
              if (row.<Integer>getAs("contention") <= CORES) {
                assertThat(row.<String>getAs("status")).as(row.toString()).isEqualTo("ok");
                assertThat(row.<Boolean>getAs("verified")).isTrue();
                assertThat(row.<String>getAs("engine_detail")).startsWith("panama");
              } else {
                assertThat(row.<String>getAs("reason"))
                    .isEqualTo(
                        "3 copies side by side of 1 thread need 3 cores, the task has 2 (spark.task.cpus)");
              }
            });
    assertThat(rows.stream().map(row -> row.<String>getAs("executor_id")).distinct())
        .containsExactlyInAnyOrder("0", "1");
    JsonNode manifest = new ObjectMapper().readTree(sweep.text("manifest.json"));
    assertThat(manifest.path("spark_master").asText()).startsWith("spark://127.0.0.1:");
    assertThat(manifest.path("hosts")).hasSize(WORKERS);
  }

  private static String command(String pattern) {
    return DocumentedCommands.theOne("README.md", pattern);
  }
}
