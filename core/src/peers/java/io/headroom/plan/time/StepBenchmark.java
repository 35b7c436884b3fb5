package io.headroom.plan.time;

import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.plan.accelerator.ProfileFile;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time of a step of one of many loads: as it is tabulated, with an engine's costs, of those
 * that only decode, and kernel by kernel.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class StepBenchmark {
  private static final int LOADS = 1024;

  @Param({"llama-3.1-8b", "gpt-oss-120b", "deepseek-v3", "qwen3-next-80b-a3b"})
  public String model;

  private final StepLoad[] loads = new StepLoad[LOADS];
  private StepModel steps;
  private StepTable table;
  private EngineSteps engineSteps;
  private int next;

  @Setup
  public void tabulate() {
    Path conf = Path.of(System.getProperty("headroom.home", ".."), "conf");
    ConfiguredModel configured = new ModelCatalogue(conf.resolve("models")).locate(model);
    steps =
        StepModel.of(
            configured.model(),
            DecoderWeights.of(configured),
            ProfileFile.read(conf.resolve("accelerators/h100_sxm.json")),
            Parallelism.tensor(8),
            KvPrecision.BF16);
    table = StepTable.of(steps, new StepLimits(512, 32_768, 8192, 16));
    engineSteps = EngineSteps.of(table, EngineCosts.of("vllm").orElseThrow(), "");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < LOADS; i++) {
      int prompts = random.nextInt(3);
      int tokens = prompts == 0 ? 0 : random.nextInt(16, 2048);
      loads[i] =
          new StepLoad(
              random.nextInt(1, 512), random.nextInt(1, 30_000), prompts, tokens, tokens / 2.0);
    }
  }

  @Benchmark
  public StepMillis tabulated() {
    next = (next + 1) % LOADS;
    return table.step(loads[next]);
  }

  @Benchmark
  public double withCosts() {
    next = (next + 1) % LOADS;
    StepLoad load = loads[next];
    return engineSteps.millis(
        load.decoding(),
        load.keptTokens(),
        load.prompts(),
        load.promptTokens(),
        load.priorTokens());
  }

  @Benchmark
  public double decodingAlone() {
    next = (next + 1) % LOADS;
    StepLoad load = loads[next];
    return engineSteps.decodeMillis((int) load.decoding(), load.keptTokens());
  }

  @Benchmark
  public StepTime kernelByKernel() {
    next = (next + 1) % LOADS;
    return steps.time(loads[next]);
  }
}
