package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.LocalSpark;
import io.headroom.jobs.testkit.RunningProcess;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A plan on four executors whose driver is killed, and that is finished by one process. */
class KilledPlanIT {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  private static final Duration A_START = Duration.ofMinutes(3);

  private static final String PLAN =
      """
      plan {
        name = killed
        models = [llama-3.1-8b]
        kv-heads = [model, mqa]
        kv-precisions = [bf16, fp8]
        accelerators = [h100_sxm, l40s]
        parallelism { tensor = [1, 2] }
        limits { max-batched-tokens = [2048, 8192], max-sequences = [64, 128, 256]
          memory-utilization = [0.8, 0.9] }
        workload {
          arrivals = bursty, gap-variation = 2, rate = 30
          lengths { lognormal { mean = 1155, p50 = 1020, max = 8000 } }
          output { uniform { min = 1, max = 300 } }
        }
        service-levels { preset = mlperf-llama2-70b-server }
        simulate { best = 2, requests = 500 }
        keep-best = 40
        wave-candidates = 10
      }
      """;

  @TempDir Path folder;

  @Test
  void comesToTheSameAsOneThatNobodyKilled() throws Exception {
    Path conf = folder.resolve("plan.conf");
    Files.writeString(conf, PLAN);
    Path killed = folder.resolve("killed");
    Path whole = folder.resolve("whole");
    try (RunningProcess running = start(conf, killed)) {
      running.await("its second wave", A_START, () -> files(killed.resolve("waves")) >= 2);
      running.kill();
    }
    assertThat(killed.resolve("candidates/candidates.parquet")).doesNotExist();

    CommandRun resumed =
        CommandRun.of("plan", conf.toString(), "--out", killed.toString(), "--resume");
    CommandRun once = CommandRun.of("plan", conf.toString(), "--out", whole.toString());

    assertThat(resumed.exitStatus()).as("%s", resumed.err()).isZero();
    assertThat(once.exitStatus()).as("%s", once.err()).isZero();
    assertThat(resumed.err().stream().filter(line -> line.contains(": wave ")).count())
        .isLessThan(once.err().stream().filter(line -> line.contains(": wave ")).count());
    for (String table : List.of("candidates", "frontier")) {
      assertThat(rows(killed, table)).as(table).isEqualTo(rows(whole, table)).isNotEmpty();
    }
    for (String table : List.of("simulations", "timeline")) {
      assertThat(rows(killed, table).stream().sorted().toList())
          .as(table)
          .isEqualTo(rows(whole, table).stream().sorted().toList())
          .doesNotHaveDuplicates()
          .isNotEmpty();
    }
  }

  private RunningProcess start(Path conf, Path out) throws Exception {
    return RunningProcess.launch(
        folder,
        List.of(
            SharedData.projectRoot().resolve("jobs/bin/headroom").toString(),
            "plan",
            conf.toString(),
            "--out",
            out.toString(),
            "--",
            "--master",
            "local-cluster[4,1,1024]"));
  }

  private static long files(Path table) {
    if (!Files.isDirectory(table)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(table)) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the run that wrote them, in the order of the files. */
  private static List<String> rows(Path out, String table) {
    return SPARK.session().read().parquet(out.resolve(table).toString()).collectAsList().stream()
        .map(KilledPlanIT::text)
        .toList();
  }

  private static String text(Row row) {
    return Arrays.stream(row.schema().fieldNames())
        .filter(column -> !column.equals("run_id"))
        .map(column -> column + "=" + row.getAs(column))
        .toList()
        .toString();
  }
}
