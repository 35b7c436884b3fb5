package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.Headroom;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.testkit.ChildJvm;
import io.headroom.testkit.SharedData;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan of a hundred thousand cells fits into a small heap. */
class LargePlanTest {
  private static final int CELLS = 100_000;
  private static final int SEQUENCES = 4;

  /** 25 models x 2 x 5 precisions x 10 windows x 2 x 2 engines x 10 numbers of threads. */
  static final String BODY =
      """
      models = [codellama-34b, gpt-oss-120b, llama-2-70b, llama-3.1-405b, llama-3.1-70b,
                llama-3.1-8b, llama-3.2-3b, qwen2.5-0.5b, mistral-nemo, mixtral-8x7b, phi-4,
                qwen2-0.5b, qwen2-7b, qwen2.5-14b, qwen2.5-32b, qwen2.5-3b, qwen2.5-72b,
                qwen2.5-7b, qwen3-0.6b, qwen3-14b, qwen3-30b-a3b, qwen3-32b, qwen3-4b, qwen3-8b,
                tinyllama-1.1b]
      kv-heads = [model, mqa]
      sequences { lengths = [128, 512, 2048, 8192] }
      kv-precisions = [f32, f16, bf16, int8, int4]
      windows = [none, { size = 16 }, { size = 24 }, { size = 32 }, { size = 48 }, { size = 64 },
                 { size = 80 }, { size = 96 }, { size = 112 }, { size = 120 }]
      kv-cache = [on, off]
      engines = [vector, nd4j]
      threads = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
      """;

  @TempDir Path folder;

  /** The dry run of a configuration, in a JVM of its own. */
  static final class DryRunMain {
    private DryRunMain() {}

    public static void main(String[] arguments) {
      System.exit(Headroom.run("sweep", System.getProperty("conf"), "--dry-run"));
    }
  }

  @Test
  void isPlannedOrderedAndPrintedInOneGibibyte() {
    ScratchSweep sweep = ScratchSweep.of(folder, BODY);

    ChildJvm.Result result =
        ChildJvm.run(
            DryRunMain.class,
            List.of(
                "-Xmx1g", "-Dconf=" + sweep.conf(), "-Dheadroom.home=" + SharedData.projectRoot()),
            entry -> true);

    assertThat(result.exitStatus()).as(String.valueOf(result.lines())).isZero();
    assertThat(result.lines())
        .contains("100000 cells, 4 sequences, %d rows".formatted(CELLS * SEQUENCES))
        .anyMatch(line -> line.startsWith("predicted time on 100 executors: "));
    assertThat(
            result.lines().stream()
                .filter(line -> line.matches("[0-9a-f]{16}  .*"))
                .map(line -> line.substring(0, 16))
                .distinct())
        .hasSize(CELLS);
  }
}
