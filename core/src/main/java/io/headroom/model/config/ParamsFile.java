package io.headroom.model.config;

import io.headroom.model.HeadLayout;
import io.headroom.model.LayerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A {@code params.json}, as Mistral (vllm/transformers_utils/configs/mistral.py) and Meta give them
 * beside their weights.
 */
final class ParamsFile {
  private ParamsFile() {}

  static List<LayerSpec> layers(DecoderConfig config) {
    HeadLayout heads =
        config.channels("kv_lora_rank").isPresent()
            ? LatentDecoders.latent(config)
            : config.heads();
    int count = config.layerCount();
    List<Integer> windows = windows(config, count);
    OptionalInt chunk = config.positions("attention_chunk_size");
    int interval = config.integer("nope_layer_interval", 1, DecoderConfig.MOST_LAYERS).orElse(4);
    List<LayerSpec> layers = new ArrayList<>();
    for (int layer = 0; layer < count; layer++) {
      int window = windows.get(layer);
      if (chunk.isPresent() && (layer + 1) % interval != 0) {
        layers.add(config.chunked(heads, chunk.getAsInt()));
      } else {
        layers.add(window > 0 ? config.sliding(heads, window) : config.full(heads));
      }
    }
    // Those that attend to images are counted apart, and keep nothing without an image.
    config
        .integer("vision_num_cross_attention_layers", 0, DecoderConfig.MOST_LAYERS)
        .ifPresent(crossing -> layers.addAll(crossing(config, heads, crossing)));
    return layers;
  }

  private static List<LayerSpec> crossing(DecoderConfig config, HeadLayout heads, int count) {
    if (count > 0 && config.options().images() > 0) {
      throw config.wrong(
          "vision_num_cross_attention_layers",
          "has no size of an image beside it; --images needs the model's config.json");
    }
    return EveryLayer.of(count, layer -> config.cross(heads, 0));
  }

  /** One window for all layers, or a list that repeats; 0 for none. */
  private static List<Integer> windows(DecoderConfig config, int count) {
    boolean listed =
        config.has("sliding_window") && config.document().values().get("sliding_window").isArray();
    List<Integer> windows =
        listed
            ? config.integers("sliding_window", 0, Integer.MAX_VALUE).orElseThrow()
            : List.of(config.positions("sliding_window").orElse(0));
    List<Integer> all = new ArrayList<>();
    for (int layer = 0; layer < count; layer++) {
      all.add(windows.isEmpty() ? 0 : windows.get(layer % windows.size()));
    }
    return all;
  }
}
