package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RunningProcess;
import io.headroom.jobs.testkit.ScratchSweep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed at work, and two that want one folder. */
class KilledSweepIT {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Duration A_START = Duration.ofMinutes(3);
  private static final Duration A_SWEEP = Duration.ofMinutes(5);
  private static final Duration WORK = Duration.ofMillis(500);

  /**
   * Seven heads divide Qwen's 14 but not the 32 of TinyLlama: one row that needs no measuring is
   * committed before the first wave.
   */
  private static final String CELLS =
      """
      models = [qwen2-0.5b, tinyllama-1.1b]
      kv-heads = [7, mqa, model]
      decode-tokens = 1
      """;

  private static final int CELLS_MEASURED = 5;

  @TempDir Path folder;

  @Test
  void aWaveOutlivesAnExecutor() throws Exception {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            CELLS
                + """
                sequences { lengths = [64], count = 2 }
                measure { min-samples = 1000000, max-seconds-per-cell = 1 }
                wave-seconds = 1000
                """);
    try (RunningProcess running =
        start(
            sweep,
            "--",
            "--master",
            "local-cluster[2,1,1024]",
            "--conf",
            "spark.cores.max=2",
            "--conf",
            "spark.scheduler.minRegisteredResourcesRatio=1")) {
      running.await("its first row", A_START, () -> hasFiles(sweep, 1));
      List<ProcessHandle> executors =
          running.children().stream().filter(KilledSweepIT::isJava).toList();
      assertThat(executors).hasSize(2);
      ProcessHandle killed = awaitWork(running, executors);
      killed.destroyForcibly();

      ChildProcess ended = running.end(A_SWEEP);

      assertThat(ended.exitStatus()).as(ended.toString()).isZero();
      assertThat(killed.isAlive()).isFalse();
    }
    List<Row> rows = sweep.measurements(SPARK.session()).collectAsList();
    assertThat(keys(rows)).doesNotHaveDuplicates().hasSize(CELLS_MEASURED * 2 + 1);
    assertThat(rows.stream().filter(row -> row.<Integer>getAs("wave") == 1))
        .hasSize(CELLS_MEASURED * 2)
        .allMatch(row -> row.getAs("status").equals("ok"))
        .anyMatch(
            row -> row.<Integer>getAs("task_attempt") + row.<Integer>getAs("stage_attempt") > 0);
  }

  /** The first executor that has computed for a while since now. */
  private static ProcessHandle awaitWork(RunningProcess running, List<ProcessHandle> executors)
      throws Exception {
    List<Duration> before = executors.stream().map(KilledSweepIT::computed).toList();
    List<ProcessHandle> found = new ArrayList<>();
    running.await(
        "an executor measures",
        A_START,
        () -> {
          for (int i = 0; i < executors.size(); i++) {
            if (computed(executors.get(i)).minus(before.get(i)).compareTo(WORK) > 0) {
              found.add(executors.get(i));
            }
          }
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static boolean isJava(ProcessHandle process) {
    return process.info().command().filter(command -> command.endsWith("java")).isPresent();
  }

  private static Duration computed(ProcessHandle process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** While it runs, a second sweep is refused; after it is killed, another finishes it. */
  @Test
  void aDriverKilledInALaterWaveIsResumed() throws Exception {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            CELLS
                + """
                sequences { lengths = [32] }
                measure { min-samples = 1000000, max-seconds-per-cell = 1 }
                wave-seconds = 0.001
                """);
    List<Row> kept;
    try (RunningProcess running = start(sweep, "--", "--master", "local[1]")) {
      Path lock = sweep.out().resolve("lock.json");
      running.await("it holds the folder", A_START, () -> Files.exists(lock));
      try (RunningProcess second = start(sweep, "--resume", "--", "--master", "local[1]")) {
        ChildProcess refused = second.end(A_START);

        assertThat(refused.exitStatus()).as(refused.toString()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.errorsOfHeadroom())
            .singleElement()
            .asString()
            .startsWith("headroom: --out %s: is being written by run ".formatted(sweep.out()))
            .contains(", process %d, since 2".formatted(running.pid()));
      }
      running.await("its second wave", A_SWEEP, () -> hasFiles(sweep, 3));
      running.kill();
      assertThat(lock).exists();
      kept = sweep.measurements(SPARK.session()).collectAsList();
    }
    assertThat(kept).hasSizeBetween(3, CELLS_MEASURED);
    List<String> before = ScratchSweep.snapshot(folder);

    CommandRun other = sweep.run("--resume", "--set", "sweep.seed=43");

    assertThat(other.exitStatus()).isEqualTo(2);
    assertThat(other.err()).singleElement().asString().contains("of another configuration");
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);

    CommandRun resumed = sweep.run("--resume");

    assertThat(resumed.exitStatus()).as(resumed.err().toString()).isZero();
    List<Row> rows = sweep.measurements(SPARK.session()).collectAsList();
    assertThat(keys(rows)).doesNotHaveDuplicates().hasSize(CELLS_MEASURED + 1);
    assertThat(rows).containsAll(kept);
    assertThat(rows.stream().map(row -> row.<String>getAs("run_id")).distinct()).hasSize(2);
    assertThat(resumed.err())
        .anyMatch(
            line -> line.contains(" %d shards, about".formatted(CELLS_MEASURED + 1 - kept.size())));
    assertThat(sweep.out().resolve("lock.json")).doesNotExist();
    assertThat(sweep.out().resolve(".staging")).doesNotExist();
  }

  private RunningProcess start(ScratchSweep sweep, String... more) throws Exception {
    return RunningProcess.launch(folder, sweep.launch(more));
  }

  private static boolean hasFiles(ScratchSweep sweep, int count) {
    return Files.exists(sweep.out().resolve("measurements")) && sweep.waveFiles().size() >= count;
  }

  private static List<String> keys(List<Row> rows) {
    return rows.stream().map(row -> row.getAs("cell_id") + " " + row.getAs("sequence_id")).toList();
  }
}
