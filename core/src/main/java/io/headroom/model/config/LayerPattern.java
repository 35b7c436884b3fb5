package io.headroom.model.config;

import io.headroom.json.JsonDocument;
import io.headroom.model.LayerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which layers of a model are full, sliding, linear or shared: as {@code layer_types} lists them,
 * else by the pattern of the architecture (configuration classes of
 * github.com/huggingface/transformers).
 */
record LayerPattern(String type, JsonDocument document) {

  /** Architectures that slide only if {@code use_sliding_window} says so. */
  private static final Set<String> WINDOW_ON_REQUEST =
      Set.of(
          "qwen2",
          "qwen2_moe",
          "qwen2_vl",
          "qwen2_vl_text",
          "qwen2_5_vl",
          "qwen2_5_vl_text",
          "qwen3",
          "qwen3_moe");

  /** One layer in so many is full where the configuration does not say; the last of each group. */
  private static final Map<String, Integer> DEFAULT_SLIDING_PATTERN =
      Map.of(
          "gemma2", 2,
          "gemma3", 6,
          "gemma3_text", 6,
          "gemma3n_text", 5,
          "gemma4_text", 6,
          "cohere2", 4,
          "gpt_oss", 2,
          "olmo3", 4);

  private static final int QWEN2_MAX_WINDOW_LAYERS = 28;

  private static final Map<String, Integer> DEFAULT_FULL_ATTENTION_INTERVAL =
      Map.of("qwen3_next", 4, "qwen3_5_text", 4, "qwen3_5_moe_text", 4);

  List<Layer> layers(int count) {
    List<Layer> layers = document.has("layer_types") ? listed(count) : patterned(count);
    int shared = document.integer("num_kv_shared_layers", 0, count - 1).orElse(0);
    for (int i = count - shared; i < count; i++) {
      layers.set(i, layers.get(i).shared());
    }
    return layers;
  }

  private List<Layer> listed(int count) {
    List<String> kinds = document.texts("layer_types").orElseThrow();
    if (kinds.size() != count) {
      throw document.wrong(
          "layer_types", "must have %d values, one a layer, not %d".formatted(count, kinds.size()));
    }
    List<Layer> layers = new ArrayList<>();
    for (String kind : kinds) {
      layers.add(listed(kind));
    }
    return layers;
  }

  private Layer listed(String kind) {
    return switch (kind) {
      case "full_attention", "attention" -> Layer.FULL;
      case "sliding_attention" -> {
        if (!slides()) {
          yield Layer.FULL;
        }
        int window =
            window()
                .orElseThrow(
                    () ->
                        document.missing(
                            "sliding_window",
                            "layer_types has sliding_attention, an integer is needed"));
        yield Layer.sliding(window);
      }
      case "linear_attention", "conv", "mamba" -> Layer.LINEAR;
      default ->
          throw document.wrong(
              "layer_types",
              "may have full_attention, sliding_attention, linear_attention, conv and mamba, not %s"
                  .formatted(kind));
    };
  }

  private List<Layer> patterned(int count) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(patterned(i, count));
    }
    return layers;
  }

  private Layer patterned(int index, int count) {
    OptionalInt interval = fullAttentionInterval();
    if (interval.isPresent()) {
      return (index + 1) % interval.getAsInt() == 0 ? Layer.FULL : Layer.LINEAR;
    }
    if (!slides() || window().isEmpty()) {
      return Layer.FULL;
    }
    Layer sliding = Layer.sliding(window().getAsInt());
    OptionalInt firstSliding = maxWindowLayers();
    if (firstSliding.isPresent()) {
      return index >= firstSliding.getAsInt() ? sliding : Layer.FULL;
    }
    if (type.equals("gemma4_text") && index == count - 1) {
      return Layer.FULL;
    }
    return (index + 1) % slidingPattern() == 0 ? Layer.FULL : sliding;
  }

  private boolean slides() {
    Optional<Boolean> stated = document.flag("use_sliding_window");
    return stated.orElse(!WINDOW_ON_REQUEST.contains(type));
  }

  private OptionalInt window() {
    return document.integer("sliding_window", 1, Integer.MAX_VALUE);
  }

  /** Layers from this one on slide; the lower ones are full. */
  private OptionalInt maxWindowLayers() {
    OptionalInt stated = document.integer("max_window_layers", 0, HuggingFaceConfig.MOST_LAYERS);
    if (!WINDOW_ON_REQUEST.contains(type)) {
      return OptionalInt.empty();
    }
    return stated.isPresent() || type.equals("qwen3_moe")
        ? stated
        : OptionalInt.of(QWEN2_MAX_WINDOW_LAYERS);
  }

  private OptionalInt fullAttentionInterval() {
    OptionalInt stated =
        document.integer("full_attention_interval", 1, HuggingFaceConfig.MOST_LAYERS);
    if (stated.isPresent() || !DEFAULT_FULL_ATTENTION_INTERVAL.containsKey(type)) {
      return stated;
    }
    return OptionalInt.of(DEFAULT_FULL_ATTENTION_INTERVAL.get(type));
  }

  /** Every so many layers one is full; without a pattern none is. */
  private int slidingPattern() {
    return document
        .integer(
            List.of("sliding_window_pattern", "_sliding_window_pattern"),
            1,
            HuggingFaceConfig.MOST_LAYERS)
        .orElse(DEFAULT_SLIDING_PATTERN.getOrDefault(type, Integer.MAX_VALUE));
  }

  /**
   * What one layer keeps.
   *
   * @param window positions that it sees; 0 for all
   */
  record Layer(LayerKind kind, int window) {
    static final Layer FULL = new Layer(LayerKind.FULL, 0);
    static final Layer LINEAR = new Layer(LayerKind.LINEAR, 0);

    static Layer sliding(int window) {
      return new Layer(LayerKind.SLIDING, window);
    }

    Layer shared() {
      return kind == LayerKind.LINEAR ? this : new Layer(LayerKind.SHARED, window);
    }
  }
}
