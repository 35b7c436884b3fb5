package io.headroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelIdentityTest {
  private static final ModelCatalogue CATALOGUE =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));
  private static final LayerSpec LAYER =
      new LayerSpec(LayerKind.FULL, new GroupedHeads(8, 2, 64, 32), 0, 0, 0.125f);
  private static final ModelSpec MODEL = model(64, 100, 200, LAYER, LAYER);

  @Test
  void isWhatTheConfigurationSays() {
    assertThat(ModelIdentity.text(CATALOGUE.find("qwen2-0.5b")))
        .hasToString(
            """
            headroom model, version 1
            hidden_channels=896
            layer.0001.heads=grouped
            layer.0001.keeps=every_position
            layer.0001.key_channels=64
            layer.0001.kv_heads=2
            layer.0001.query_heads=14
            layer.0001.sink_tokens=0
            layer.0001.softmax_scale=0x1.0p-3
            layer.0001.value_channels=64
            layer.0001.window_tokens=0
            layers=24x0001
            most_position_tokens=131072
            vocabulary_tokens=151936
            """);
    assertThat(ModelIdentity.of(CATALOGUE.find("qwen2-0.5b")))
        .isEqualTo("a0a369fdbb46d1639328db13567543ea");
  }

  @Test
  void aLatentLayerSaysWhatItKeeps() {
    assertThat(ModelIdentity.text(CATALOGUE.find("deepseek-v2-lite")).toString())
        .contains(
            """
            layer.0001.heads=latent
            layer.0001.keeps=every_position
            layer.0001.latent_channels=512
            layer.0001.plain_channels=128
            layer.0001.query_heads=16
            layer.0001.rotary_channels=64
            layer.0001.sink_tokens=0
            layer.0001.softmax_scale=0x1.279a74p-4
            layer.0001.value_channels=128
            layer.0001.window_tokens=0
            layers=27x0001
            """);
  }

  @Test
  void eachKindOfLayerIsDescribedOnce() {
    LayerSpec sliding = new LayerSpec(LayerKind.SLIDING, LAYER.heads(), 16, 4, 0.125f);

    assertThat(ModelIdentity.text(model(64, 0, 0, sliding, sliding, LAYER, sliding)).toString())
        .contains("layer.0001.window_tokens=16\n", "layer.0002.window_tokens=0\n")
        .contains("layers=2x0001 1x0002 1x0001\n")
        .doesNotContain("layer.0003");
  }

  @Test
  void theNameIsNoPartOfIt() {
    assertThat(ModelIdentity.of(MODEL.withName("other"))).isEqualTo(ModelIdentity.of(MODEL));
  }

  @Test
  void everythingElseIs() {
    List<ModelSpec> models =
        List.of(
            MODEL,
            model(65, 100, 200, LAYER, LAYER),
            model(64, 101, 200, LAYER, LAYER),
            model(64, 100, 201, LAYER, LAYER),
            model(64, 100, 200, LAYER),
            of(new LayerSpec(LayerKind.SLIDING, LAYER.heads(), 9, 0, 0.125f)),
            of(new LayerSpec(LayerKind.SLIDING, LAYER.heads(), 8, 0, 0.125f)),
            of(new LayerSpec(LayerKind.SLIDING, LAYER.heads(), 8, 1, 0.125f)),
            of(new LayerSpec(LayerKind.FULL, LAYER.heads(), 0, 0, 0.25f)),
            of(new LayerSpec(LayerKind.LINEAR, LAYER.heads(), 0, 0, 0.125f)),
            of(new LayerSpec(LayerKind.SHARED, LAYER.heads(), 0, 0, 0.125f)),
            of(new LayerSpec(LayerKind.CROSS, LAYER.heads(), 0, 0, 0.125f)),
            of(new LayerSpec(LayerKind.CHUNKED, LAYER.heads(), 9, 0, 0.125f)),
            of(LAYER.with(FurtherCaches.cross(3))),
            of(LAYER.with(FurtherCaches.entries(new EntryCache(1, 0, 132)))),
            of(LAYER.with(FurtherCaches.entries(new EntryCache(4, 0, 132)))),
            of(LAYER.with(FurtherCaches.entries(new EntryCache(1, 132, 0)))),
            of(LAYER.with(FurtherCaches.state(FixedState.of(new FixedState.Part(2, 8))))),
            of(LAYER.with(FurtherCaches.state(FixedState.of(new FixedState.Part(8, 2))))),
            of(new GroupedHeads(4, 2, 64, 32)),
            of(new GroupedHeads(8, 4, 64, 32)),
            of(new GroupedHeads(8, 2, 63, 32)),
            of(new GroupedHeads(8, 2, 64, 33)),
            of(new LatentHeads(8, 64, 16, 32, 8)),
            of(new LatentHeads(4, 64, 16, 32, 8)),
            of(new LatentHeads(8, 65, 16, 32, 8)),
            of(new LatentHeads(8, 64, 17, 32, 8)),
            of(new LatentHeads(8, 64, 16, 33, 8)),
            of(new LatentHeads(8, 64, 16, 32, 9)));

    assertThat(models.stream().map(ModelIdentity::of)).doesNotHaveDuplicates();
  }

  /** Whoever adds a component decides here whether it tells models apart. */
  @Test
  void whatModelsHaveIsKnown() {
    assertThat(components(ModelSpec.class))
        .containsExactly("name", "hiddenSize", "vocabSize", "maxPositions", "layers", "assumed");
    assertThat(components(LayerSpec.class))
        .containsExactly("kind", "heads", "window", "sinks", "scale", "further");
    assertThat(components(FurtherCaches.class))
        .containsExactly("entries", "crossPositions", "state");
    assertThat(components(EntryCache.class))
        .containsExactly("tokensPerEntry", "channels", "fixedBytes");
    assertThat(components(FixedState.class)).containsExactly("parts");
    assertThat(components(FixedState.Part.class)).containsExactly("units", "bytesPerUnit");
    assertThat(components(GroupedHeads.class))
        .containsExactly("queryHeads", "kvHeads", "headDim", "valueDim");
    assertThat(components(LatentHeads.class))
        .containsExactly("queryHeads", "latentDim", "rotaryDim", "plainDim", "valueDim");
    assertThat(HeadLayout.class.getPermittedSubclasses())
        .containsExactlyInAnyOrder(GroupedHeads.class, LatentHeads.class);
  }

  private static List<String> components(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  private static ModelSpec of(HeadLayout heads) {
    return of(new LayerSpec(LayerKind.FULL, heads, 0, 0, 0.125f));
  }

  /** With one more layer: not all of them may be without keys and values. */
  private static ModelSpec of(LayerSpec layer) {
    return model(64, 100, 200, layer, LAYER);
  }

  private static ModelSpec model(
      int hiddenSize, int vocabSize, int maxPositions, LayerSpec... layers) {
    return new ModelSpec("model", hiddenSize, vocabSize, maxPositions, List.of(layers));
  }
}
