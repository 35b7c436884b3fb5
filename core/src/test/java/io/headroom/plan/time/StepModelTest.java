package io.headroom.plan.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.ModelWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.ProfileFile;
import io.headroom.plan.accelerator.TimeBasis;
import io.headroom.testkit.SharedData;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On an accelerator of which the data sheet alone is known, so that times follow from it. */
class StepModelTest {
  private static final ModelCatalogue CATALOGUE =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  private static final DataSheet H100 = DataSheet.named("h100_sxm").orElseThrow();
  private static final AcceleratorProfile IDEAL =
      new AcceleratorProfile(H100, new TreeMap<>(), new TreeMap<>(), List.of(), new TreeMap<>());

  @Test
  void decodingOneSequenceReadsAllWeightsOnce() {
    StepTime step = model("llama-3.1-8b", Parallelism.ONE_GPU).time(StepLoad.decode(1, 100));

    double weightsMillis = 1e3 * 2 * 7.5e9 / H100.bandwidthBytesPerSecond();
    assertThat(step.parts().get(StepPart.PROJECTIONS)).isBetween(weightsMillis, 3 * weightsMillis);
    assertThat(step.basis()).isEqualTo(TimeBasis.DATA_SHEET);
    assertThat(step.leastMillis()).isLessThan(step.millis());
    assertThat(step.mostMillis()).isGreaterThan(step.millis());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-3.1-8b",
        "deepseek-v3",
        "gpt-oss-120b",
        "qwen3-next-80b-a3b",
        "gemma-3-27b"
      })
  void theTimeIsThatOfItsParts(String model) {
    StepTime step = model(model, Parallelism.tensor(8)).time(new StepLoad(40, 3000, 2, 700, 300));

    assertThat(step.parts().values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(step.millis(), within(1e-9));
    assertThat(step.parts())
        .containsKeys(StepPart.ATTENTION, StepPart.PROJECTIONS, StepPart.COMMUNICATION)
        .allSatisfy((part, millis) -> assertThat(millis).isPositive());
    assertThat(step.relativeError()).isPositive().isFinite();
  }

  @Test
  void ranksShareTheWorkAndTalk() {
    StepLoad load = StepLoad.decode(64, 4000);
    StepTime alone = model("llama-3.1-70b", Parallelism.ONE_GPU).time(load);
    StepTime shared = model("llama-3.1-70b", Parallelism.tensor(8)).time(load);

    assertThat(alone.parts()).doesNotContainKey(StepPart.COMMUNICATION);
    assertThat(shared.parts().get(StepPart.COMMUNICATION)).isPositive();
    assertThat(shared.parts().get(StepPart.ATTENTION))
        .isLessThan(alone.parts().get(StepPart.ATTENTION) / 4);
    assertThat(shared.parts().get(StepPart.PROJECTIONS))
        .isLessThan(alone.parts().get(StepPart.PROJECTIONS) / 4);
  }

  @Test
  void aFewTokensTouchAFewExperts() {
    StepModel model = model("gpt-oss-120b", Parallelism.ONE_GPU);

    assertThat(experts(model, 1)).isLessThan(experts(model, 256) / 4);
  }

  /** One of fp8 with a scale a matrix was measured there twice as slow as bf16. */
  @Test
  void noEngineKeepsAKernelThatIsSlowerThanOneThatDoesMore() {
    ConfiguredModel configured = CATALOGUE.locate("glm-4.5");
    ModelWeights weights = DecoderWeights.of(configured);

    double[] millis =
        Stream.of("bfloat16", "fp8", "fp8_block")
            .mapToDouble(scheme -> experts(onEightH100(configured, weights.quantised(scheme)), 8))
            .toArray();

    assertThat(millis[1]).isCloseTo(millis[2], within(1e-9)).isLessThan(millis[0]);
  }

  @Test
  void whatAnIndexerChoosesIsLessSureThanAllPositions() {
    StepLoad load = StepLoad.decode(8, 4000);

    StepTime[] steps =
        Stream.of("deepseek-v3", "deepseek-v3.2")
            .map(CATALOGUE::locate)
            .map(configured -> onEightH100(configured, DecoderWeights.of(configured)).time(load))
            .toArray(StepTime[]::new);

    assertThat(attentionOf(steps[1])).isCloseTo(attentionOf(steps[0]), within(1e-9));
    assertThat(steps[1].relativeError()).isGreaterThan(steps[0].relativeError() + 0.05);
  }

  @Test
  void wholeExpertsOnRanksAreGatheredAndScattered() {
    StepLoad load = StepLoad.decode(64, 1000);
    StepTime byData = model("deepseek-v3", new Parallelism(1, 1, 8, 1, 8)).time(load);
    StepTime byTensor = model("deepseek-v3", new Parallelism(8, 1, 1, 1, 8)).time(load);

    // Each rank attends to 8 of the 64 sequences with all heads, or to all with an eighth of them.
    assertThat(byData.parts().get(StepPart.ATTENTION))
        .isNotEqualTo(byTensor.parts().get(StepPart.ATTENTION));
    assertThat(byData.parts().get(StepPart.COMMUNICATION)).isPositive();
    assertThat(byData.parts().get(StepPart.EXPERTS))
        .isCloseTo(byTensor.parts().get(StepPart.EXPERTS), within(1e-9));
  }

  @Test
  void stagesWorkOnPartsOfTheSequences() {
    StepModel staged = model("llama-3.1-70b", new Parallelism(1, 4, 1, 1, 1));
    StepModel whole = model("llama-3.1-70b", Parallelism.ONE_GPU);

    StepTime step = staged.time(StepLoad.decode(64, 4000));
    assertThat(step.parts().get(StepPart.ATTENTION))
        .isCloseTo(
            whole.time(StepLoad.decode(16, 4000)).parts().get(StepPart.ATTENTION), within(1e-9));
    assertThat(step.parts().get(StepPart.COMMUNICATION)).isPositive();
  }

  @Test
  void windowsBoundWhatALayerReads() {
    StepModel model = model("gemma-3-27b", Parallelism.ONE_GPU);
    double near = attention(model, 1024);
    double far = attention(model, 65_536);

    // One layer in six sees all; the others no more than 1,024 positions.
    assertThat(far).isBetween(2 * near, 20 * near);
  }

  @Test
  void statesTakeTheSameTimeHoweverLongTheSequence() {
    StepModel model = model("qwen3-next-80b-a3b", Parallelism.tensor(4));

    assertThat(model.time(StepLoad.decode(16, 100)).parts().get(StepPart.STATES))
        .isEqualTo(model.time(StepLoad.decode(16, 100_000)).parts().get(StepPart.STATES));
  }

  @Test
  void latentAttentionOfOtherSizesHasItsOwnProjections() {
    StepTime same = model("deepseek-v3", Parallelism.ONE_GPU).time(StepLoad.decode(1, 1000));
    StepTime other = model("deepseek-v2-lite", Parallelism.ONE_GPU).time(StepLoad.decode(1, 1000));

    assertThat(other.millis()).isLessThan(same.millis() / 4).isPositive();
  }

  @Test
  void whatEarlierStepsRanIsNotRunAgain() {
    StepModel model = model("llama-3.1-8b", Parallelism.ONE_GPU);
    double whole = attentionOf(model.time(StepLoad.prefill(1, 8192)));
    double first = attentionOf(model.time(StepLoad.prefill(1, 4096)));
    double second = attentionOf(model.time(new StepLoad(0, 0, 1, 4096, 4096)));

    assertThat(second).isGreaterThan(2 * first);
    assertThat(first + second).isCloseTo(whole, within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-3.1-8b", "gpt-oss-120b", "deepseek-v3", "gemma-3-27b"})
  void theTableSaysWhatTheModelDoes(String name) {
    StepModel model = model(name, Parallelism.tensor(8));
    StepTable table = StepTable.of(model, new StepLimits(512, 20_000, 8192, 16));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      double prompts = random.nextInt(3);
      StepLoad load =
          new StepLoad(
              random.nextInt(0, 400),
              random.nextInt(1, 18_000),
              prompts,
              prompts == 0 ? 0 : random.nextInt(16, 2000),
              prompts == 0 || random.nextBoolean() ? 0 : random.nextInt(16, 4000));
      double exact = model.time(load).millis();
      assertThat(table.step(load).kernels())
          .as("%s", load)
          .isBetween(0.85 * exact, 1.15 * exact + 0.01);
    }
  }

  @Test
  void onlyTypesThatWereMeasuredCanBeCached() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> model("llama-3.1-8b", Parallelism.ONE_GPU, KvPrecision.INT4))
        .withMessage(
            "KV precision must be bf16, f16 or fp8 where the time of a step is asked for: int4");
  }

  private static StepModel onEightH100(ConfiguredModel configured, ModelWeights weights) {
    AcceleratorProfile h100 =
        ProfileFile.read(SharedData.projectRoot().resolve("conf/accelerators/h100_sxm.json"));
    return StepModel.of(configured.model(), weights, h100, Parallelism.tensor(8), KvPrecision.BF16);
  }

  private static double experts(StepModel model, int sequences) {
    return model.time(StepLoad.decode(sequences, 100)).parts().get(StepPart.EXPERTS);
  }

  private static double attention(StepModel model, double kept) {
    return attentionOf(model.time(StepLoad.decode(16, kept)));
  }

  private static double attentionOf(StepTime step) {
    return step.parts().get(StepPart.ATTENTION);
  }

  private static StepModel model(String name, Parallelism parallelism) {
    return model(name, parallelism, KvPrecision.BF16);
  }

  private static StepModel model(String name, Parallelism parallelism, KvFormat format) {
    ConfiguredModel configured = CATALOGUE.locate(name);
    return StepModel.of(
        configured.model(), DecoderWeights.of(configured), IDEAL, parallelism, format);
  }
}
