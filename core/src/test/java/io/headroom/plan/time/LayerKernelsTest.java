package io.headroom.plan.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.weights.DecoderWeights;
import io.headroom.model.weights.ModelWeights;
import io.headroom.testkit.SharedData;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerKernelsTest {
  private static final ModelCatalogue CATALOGUE =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  @Test
  void aDenseLayerHasFourProductsOfARanksPart() {
    Map<LayerKernels, Integer> layers = layers("llama-3.1-8b", Parallelism.tensor(4));

    assertThat(layers).hasSize(1).containsValue(32);
    LayerKernels layer = layers.keySet().iterator().next();
    assertThat(layer.attention())
        .containsExactly(
            new Product("bfloat16", (32 + 2 * 8) / 4 * 128, 4096),
            new Product("bfloat16", 4096, 4096 / 4));
    assertThat(layer.others())
        .containsExactly(
            new Product("bfloat16", 2 * 14336 / 4, 4096), new Product("bfloat16", 4096, 14336 / 4));
    assertThat(layer.mlpWidth()).isEqualTo(14336 / 4);
    assertThat(layer.experts()).isEmpty();
  }

  @Test
  void moreRanksThanKvHeadsKeepOneEach() {
    LayerKernels layer =
        layers("qwen2.5-7b", new Parallelism(7, 1, 1, 7, 1)).keySet().iterator().next();

    assertThat(layer.attention().get(0).outputs()).isEqualTo((28 / 7 + 2) * 128);
  }

  @Test
  void expertsAreThoseOfAllRanks() {
    Map<LayerKernels, Integer> layers = layers("deepseek-v3", new Parallelism(1, 1, 8, 1, 8));

    assertThat(layers.values()).containsExactly(3, 58);
    LayerKernels last = List.copyOf(layers.keySet()).get(1);
    assertThat(last.experts()).contains(new RoutedExperts("fp8_block", 7168, 2048, 8, 256));
    assertThat(last.attention())
        .contains(new Product("fp8_block", 1536 + 512 + 64, 7168))
        .hasSize(4);
    // Its shared expert and its router.
    assertThat(last.others())
        .containsExactlyInAnyOrder(
            new Product("bfloat16", 256, 7168),
            new Product("fp8_block", 2 * 2048, 7168),
            new Product("fp8_block", 7168, 2048));
  }

  @Test
  void expertsSplitByTensorParallelismKeepTheirWidth() {
    LayerKernels layer = layers("gpt-oss-120b", Parallelism.tensor(8)).keySet().iterator().next();

    assertThat(layer.experts()).contains(new RoutedExperts("w4a16_mxfp4", 2880, 2880, 4, 128));
    assertThat(layer.attention().get(0).type()).isEqualTo("bfloat16");
  }

  @Test
  void anEngineMayQuantiseWhatACheckpointHasPlain() {
    ConfiguredModel configured = CATALOGUE.locate("llama-3.1-8b");
    ModelWeights weights = DecoderWeights.of(configured).quantised("fp8");

    LayerKernels layer =
        LayerKernels.of(configured.model().layers(), weights, Parallelism.ONE_GPU)
            .keySet()
            .iterator()
            .next();
    assertThat(layer.others()).allMatch(product -> product.type().equals("fp8"));
    assertThat(
            WeightType.ofProduct(
                weights.projectionToVocabulary(Parallelism.ONE_GPU.layout()).encoding()))
        .isEqualTo("bfloat16");
  }

  private static Map<LayerKernels, Integer> layers(String model, Parallelism parallelism) {
    ConfiguredModel configured = CATALOGUE.locate(model);
    return LayerKernels.of(configured.model().layers(), DecoderWeights.of(configured), parallelism);
  }
}
