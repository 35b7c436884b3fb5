package io.headroom.plan.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.testkit.SharedData;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineStepsTest {
  private static final double ROUNDING_PERCENT = 1e-9;
  private static final Path CONF = SharedData.projectRoot().resolve("conf");

  /** Far beyond what is tabulated, too. */
  @ParameterizedTest
  @CsvSource({
    "llama-3.1-8b, 1, 1, vllm, 0.12.0",
    "llama-3.1-8b, 1, 1, vllm, ''",
    "llama-3.1-8b, 4, 2, sglang, ''",
    "gpt-oss-120b, 2, 4, trtllm, ''",
    "qwen3-next-80b-a3b, 2, 2, vllm, ''"
  })
  void saysWhatTheTableAndTheCostsSay(
      String model, int tensor, int attentionData, String engine, String release) {
    StepTable table = table(model, tensor, attentionData, new StepLimits(96, 5000, 2048, 16));
    EngineCosts costs = EngineCosts.of(engine).orElseThrow();
    EngineSteps steps = EngineSteps.of(table, costs, release);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2000; i++) {
      int decoding = random.nextInt(1, 300);
      double kept = random.nextDouble() * random.nextInt(1, 9000);
      int prompts = random.nextInt(1, 6);
      double tokens = 1 + random.nextDouble() * 1000;
      double prior = random.nextBoolean() ? 0 : random.nextInt(4000);
      StepLoad decode = StepLoad.decode(decoding, kept);
      StepLoad mixed = new StepLoad(random.nextInt(2) * decoding, kept, prompts, tokens, prior);

      assertThat(steps.decodeMillis(decoding, kept))
          .as("%s", decode)
          .isCloseTo(millis(table, costs, decode, release), withinPercentage(ROUNDING_PERCENT));
      assertThat(steps.millis(decoding, kept, 0, 0, 0))
          .isEqualTo(millis(table, costs, decode, release));
      assertThat(steps.millis(mixed.decoding(), kept, prompts, tokens, prior))
          .isEqualTo(millis(table, costs, mixed, release));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "1, 300, 1, 1", "40, 1, 100, 2"})
  void theSmallestTablesWillDo(int sequences, int length, int tokens, int prompts) {
    StepTable table =
        table("llama-3.1-8b", 1, 1, new StepLimits(sequences, length, tokens, prompts));
    EngineCosts costs = EngineCosts.of("vllm").orElseThrow();
    EngineSteps steps = EngineSteps.of(table, costs, "");

    for (int decoding : new int[] {1, 2, 60}) {
      assertThat(steps.decodeMillis(decoding, 200))
          .isCloseTo(
              millis(table, costs, StepLoad.decode(decoding, 200), ""),
              withinPercentage(ROUNDING_PERCENT));
    }
  }

  private static double millis(StepTable table, EngineCosts costs, StepLoad load, String release) {
    return costs.millis(table.step(load), release);
  }

  private static StepTable table(String model, int tensor, int attentionData, StepLimits limits) {
    ConfiguredModel configured = new ModelCatalogue(CONF.resolve("models")).locate(model);
    return StepTable.of(
        StepModel.of(
            configured.model(),
            DecoderWeights.of(configured),
            ProfileFile.read(CONF.resolve("accelerators/h100_sxm.json")),
            new Parallelism(tensor, 1, attentionData, tensor * attentionData, 1),
            KvPrecision.BF16),
        limits);
  }
}
