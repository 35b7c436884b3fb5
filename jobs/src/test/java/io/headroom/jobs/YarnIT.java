package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RunningProcess;
import io.headroom.jobs.testkit.SparkDistribution;
import io.headroom.jobs.testkit.YarnCluster;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps on YARN, whose driver runs at the user's or in a container, with results in HDFS. */
class YarnIT {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int ROWS = 6;

  private static final List<String> SWEEP =
      List.of(
          SharedData.projectRoot().resolve("jobs/bin/headroom").toString(),
          "sweep",
          "conf/sweeps/quickstart.conf",
          "--set",
          "sweep.models=[qwen2-0.5b]",
          "--set",
          "sweep.sequences.lengths=[128,256]",
          "--set",
          "sweep.kv-precisions=[f32]",
          "--set",
          "sweep.measure.max-seconds-per-cell=1");

  @TempDir static Path folder;

  private static YarnCluster cluster;
  private static Path spark;

  @BeforeAll
  static void startCluster() throws Exception {
    spark = SparkDistribution.require(SPARK.session().version(), folder);
    cluster = YarnCluster.start(folder);
  }

  @AfterAll
  static void endCluster() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void theDriverMayRunAtTheUsers() throws Exception {
    try (RunningProcess sweep = start("client", "client", 1)) {
      ChildProcess run = sweep.end(LONGEST);
      assertThat(run.exitStatus()).as(run.toString()).isZero();
      assertThat(run.out()).anyMatch(line -> line.startsWith("6 rows of 3 cells in hdfs:/"));
    }
    assertThat(keys("client")).hasSize(ROWS).doesNotHaveDuplicates();
  }

  /**
   * A driver in a container finds the sweep and its models in the job's jar. When it is killed,
   * YARN starts it again, and it goes on where the first was, whose lock is fresh. The application
   * succeeds; another one does not write what this one wrote.
   */
  @Test
  void aDriverInAContainerIsFollowedByTheNext() throws Exception {
    try (RunningProcess sweep = start("cluster", "cluster", 2)) {
      sweep.await("rows", LONGEST, () -> !written("cluster").isEmpty());
      List<ProcessHandle> drivers = YarnCluster.drivers();
      assertThat(drivers).hasSize(1);
      drivers.get(0).destroyForcibly();

      ChildProcess run = sweep.end(LONGEST);

      assertThat(run.exitStatus()).as(run.toString()).isZero();
      assertThat(run.err()).anyMatch(line -> line.contains("final status: SUCCEEDED"));
    }
    assertThat(keys("cluster")).hasSize(ROWS).doesNotHaveDuplicates();
    assertThat(runs("cluster")).hasSize(2);

    try (RunningProcess another = start("cluster", "cluster", 1)) {
      ChildProcess run = another.end(LONGEST);
      assertThat(run.exitStatus()).isNotZero();
      assertThat(run.err())
          .anyMatch(line -> line.endsWith("allowed: a new folder, or --resume to finish it"));
    }
  }

  private static RunningProcess start(String name, String deployMode, int attempts)
      throws Exception {
    List<String> words = new ArrayList<>(SWEEP);
    words.addAll(
        List.of(
            "--out",
            "hdfs:///results/" + name,
            "--",
            "--master",
            "yarn",
            "--deploy-mode",
            deployMode,
            "--num-executors",
            "1",
            "--executor-cores",
            "2",
            "--executor-memory",
            "1g",
            "--conf",
            "spark.yarn.jars=local:%s/jars/*".formatted(spark),
            "--conf",
            "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1",
            "--conf",
            "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
            "--conf",
            "spark.yarn.maxAppAttempts=" + attempts));
    Map<String, String> environment = new HashMap<>(cluster.environment());
    environment.put("SPARK_HOME", spark.toString());
    words.addAll(List.of("--driver-memory", "1g", "--conf", "spark.ui.enabled=false"));
    return RunningProcess.start(folder, environment, words);
  }

  /** Files with rows. */
  private static List<String> written(String name) {
    org.apache.hadoop.fs.Path table =
        new org.apache.hadoop.fs.Path("/results/%s/measurements".formatted(name));
    try {
      return cluster.files().exists(table)
          ? Stream.of(cluster.files().listStatus(table))
              .filter(FileStatus::isFile)
              .map(file -> file.getPath().getName())
              .filter(file -> !file.startsWith("."))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Row> rows(String name) {
    return SPARK
        .session()
        .read()
        .parquet(cluster.at("/results/%s/measurements".formatted(name)))
        .collectAsList();
  }

  private static List<String> keys(String name) {
    return rows(name).stream()
        .map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id"))
        .toList();
  }

  private static Set<String> runs(String name) {
    Set<String> runs = new HashSet<>();
    rows(name).forEach(row -> runs.add(row.getAs("run_id")));
    return runs;
  }
}
