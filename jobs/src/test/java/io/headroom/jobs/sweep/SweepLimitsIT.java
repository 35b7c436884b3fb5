package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.testkit.SharedClasses;
import io.headroom.jobs.testkit.SparkEventLog;
import io.headroom.jobs.testkit.SparkStage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sequences that take too long or too much, on an executor of its own with a small heap. */
class SweepLimitsIT {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final int CORES = 2;
  private static final Duration A_SWEEP = Duration.ofMinutes(5);

  @TempDir Path folder;

  @Test
  void theyGetTheirRowsAndTheOthersAreMeasured() throws Exception {
    ScratchSweep sweep =
        ScratchSweep.of(
            folder,
            """
            models = [llama-2-7b]
            sequences { lengths = [16, 4000, 16000, 24] }
            decode-tokens = 2
            engines = [reference]
            measure { min-samples = 1, max-seconds-per-cell = 1, time-limit-seconds = 5 }
            verify { sample = 1 }
            """);
    SparkEventLog log = new SparkEventLog(Files.createDirectory(folder.resolve("events")));
    List<String> command =
        sweep.launch(
            "--",
            "--master",
            "local-cluster[1,%d,1024]".formatted(CORES),
            "--driver-memory",
            "1g",
            "--conf",
            "spark.ui.enabled=false");
    command.addAll(log.options());

    ChildProcess run = ChildProcess.run(folder, A_SWEEP, SharedClasses.used(folder), command);

    assertThat(run.exitStatus()).as(run.toString()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "1 rows are unsupported; column reason says why",
            "1 rows failed; column reason says why");
    List<Row> rows = sweep.measurements(SPARK.session()).collectAsList();
    Map<Integer, String> outcomes =
        rows.stream()
            .collect(
                Collectors.toMap(
                    row -> row.<Integer>getAs("prompt_tokens"),
                    row -> row.getAs("status") + " " + row.getAs("reason")));
    assertThat(outcomes).hasSize(4).containsEntry(16, "ok null").containsEntry(24, "ok null");
    assertThat(outcomes.get(4000))
        .matches(
            "failed not done within 5 s \\(measure\\.time-limit-seconds\\): ended in"
                + " (warm-up|prefill)");
    assertThat(outcomes.get(16000))
        .matches("unsupported needs 1\\.\\d+ GiB of heap, the executor has \\d+ MiB free of 1 GiB");
    assertThat(rows.stream().map(row -> row.<String>getAs("executor_id")).distinct())
        .containsExactly("0");
    assertThat(SparkStage.measuring(log.stages())).isNotEmpty().containsOnly(CORES);
    assertThat(SparkStage.summarising(log.stages())).isNotEmpty().containsOnly(1);
  }
}
