package io.headroom.model.config;

import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LayerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Decoders in which all or some layers see the last positions only: as {@code layer_types} lists
 * them, else by the pattern of the family. Absent keys stand for the values of {@link
 * ClassDefaults}.
 */
final class SlidingDecoders {
  private static final int QWEN2_FIRST_SLIDING = 28;

  /** Names of the distance from one full layer to the next. */
  private static final List<String> PERIODS =
      List.of("sliding_window_pattern", "_sliding_window_pattern", "global_attn_every_n_layers");

  private SlidingDecoders() {}

  /** All layers have the window, if there is one: Mistral, Mixtral, Phi-3, StarCoder2. */
  static List<LayerSpec> everyLayer(DecoderConfig config) {
    OptionalInt window = config.positions("sliding_window");
    GroupedHeads heads = config.heads();
    return listed(config, heads, heads)
        .orElseGet(() -> EveryLayer.of(config, layer -> windowed(config, heads, window)));
  }

  /** Every so many layers one is full, the last of its group: Gemma, Cohere, gpt-oss, OLMo 3. */
  static List<LayerSpec> pattern(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    return pattern(config, heads, heads);
  }

  private static List<LayerSpec> pattern(
      DecoderConfig config, HeadLayout slidingHeads, HeadLayout fullHeads) {
    OptionalInt window = config.positions("sliding_window");
    Optional<String> letters = letters(config);
    PERIODS.forEach(config::has);
    Optional<List<LayerSpec>> listed = listed(config, slidingHeads, fullHeads);
    if (listed.isPresent()) {
      return listed.get();
    }
    int period = letters.isPresent() ? 0 : period(config);
    return EveryLayer.of(
        config,
        layer -> {
          boolean full =
              letters
                  .map(kinds -> kinds.charAt(layer % kinds.length()) == 'G')
                  .orElseGet(() -> (layer + 1) % period == 0);
          return full ? config.full(fullHeads) : windowed(config, slidingHeads, fullHeads, window);
        });
  }

  /** EXAONE-4 writes {@code LLLG}: three local layers and a global one. */
  private static Optional<String> letters(DecoderConfig config) {
    if (!config.has("sliding_window_pattern")
        || !config.document().values().get("sliding_window_pattern").isTextual()) {
      return Optional.empty();
    }
    String letters = config.text("sliding_window_pattern").orElseThrow();
    if (!letters.matches("[LG]{1,64}")) {
      throw config.wrong("sliding_window_pattern", "must be an integer or letters L and G");
    }
    return Optional.of(letters);
  }

  private static int period(DecoderConfig config) {
    return config
        .integer(PERIODS, 1, DecoderConfig.MOST_LAYERS)
        .orElseThrow(() -> config.missing("sliding_window_pattern", "or layer_types is needed"));
  }

  /**
   * Qwen2Config and Qwen3Config: layers slide if {@code use_sliding_window} says so, those below
   * {@code max_window_layers} not.
   */
  static List<LayerSpec> onRequest(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    OptionalInt stated = config.positions("sliding_window");
    OptionalInt window = config.flag("use_sliding_window", false) ? stated : OptionalInt.empty();
    OptionalInt lowest = config.integer("max_window_layers", 0, DecoderConfig.MOST_LAYERS);
    int firstSliding = lowest.orElse(config.type().equals("qwen3_moe") ? 0 : QWEN2_FIRST_SLIDING);
    return listed(config, heads, heads)
        .orElseGet(
            () ->
                EveryLayer.of(
                    config,
                    layer ->
                        layer >= firstSliding
                            ? windowed(config, heads, window)
                            : config.full(heads)));
  }

  /** Gemma-3n: the last layers attend to what earlier ones keep. */
  static List<LayerSpec> gemma3n(DecoderConfig config) {
    return sharing(config, pattern(config));
  }

  /**
   * Gemma-4 (Gemma4TextConfig): full layers have other heads than sliding ones, and the last layer
   * is full, whatever the list says.
   */
  static List<LayerSpec> gemma4(DecoderConfig config) {
    GroupedHeads sliding = config.heads();
    OptionalInt stated = config.integer("num_global_key_value_heads", 1, DecoderConfig.MOST_HEADS);
    int kvHeads =
        config.flag("attention_k_eq_v", false)
            ? stated.orElse(sliding.kvHeads())
            : sliding.kvHeads();
    config.requireDivisor("num_global_key_value_heads", kvHeads, sliding.queryHeads());
    int headDim = config.channels("global_head_dim").orElse(sliding.headDim());
    GroupedHeads full = new GroupedHeads(sliding.queryHeads(), kvHeads, headDim, headDim);
    List<LayerSpec> layers = new ArrayList<>(pattern(config, sliding, full));
    layers.set(layers.size() - 1, config.full(full));
    return sharing(config, layers);
  }

  private static List<LayerSpec> sharing(DecoderConfig config, List<LayerSpec> layers) {
    int count = layers.size();
    int sharing = config.integer("num_kv_shared_layers", 0, count - 1).orElse(0);
    List<LayerSpec> shared = new ArrayList<>(layers);
    for (int i = count - sharing; i < count; i++) {
      LayerSpec layer = layers.get(i);
      shared.set(i, config.shared(layer.heads(), layer.window()));
    }
    return shared;
  }

  /**
   * Llama-4 (Llama4TextConfig): layers with a rotary embedding see their own chunk only; every
   * fourth has none and sees all.
   */
  static List<LayerSpec> llama4(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int count = config.layerCount();
    OptionalInt chunk = config.positions("attention_chunk_size");
    int interval = config.integer("no_rope_layer_interval", 1, DecoderConfig.MOST_LAYERS).orElse(4);
    Optional<List<Integer>> rotary =
        config.integers("no_rope_layers", 0, 1).filter(list -> !list.isEmpty());
    Optional<List<String>> kinds = config.texts("layer_types");
    return EveryLayer.of(
        count,
        layer -> {
          boolean chunked =
              kinds
                  .map(
                      list ->
                          config
                              .oneALayer("layer_types", list, count)
                              .get(layer)
                              .equals("chunked_attention"))
                  .or(
                      () ->
                          rotary.map(
                              list ->
                                  config.oneALayer("no_rope_layers", list, count).get(layer) == 1))
                  .orElse((layer + 1) % interval != 0);
          return chunked && chunk.isPresent()
              ? config.chunked(heads, chunk.getAsInt())
              : config.full(heads);
        });
  }

  /** Layers as {@code layer_types} names them, if it is there. */
  static Optional<List<LayerSpec>> listed(
      DecoderConfig config, HeadLayout slidingHeads, HeadLayout fullHeads) {
    int count = config.layerCount();
    OptionalInt window = config.positions("sliding_window");
    boolean slides = config.flag("use_sliding_window", true);
    return config
        .texts("layer_types")
        .map(kinds -> config.oneALayer("layer_types", kinds, count))
        .map(
            kinds ->
                EveryLayer.of(
                    count,
                    layer ->
                        switch (kinds.get(layer)) {
                          case "full_attention", "attention" -> config.full(fullHeads);
                          case "sliding_attention" ->
                              slides
                                  ? sliding(config, slidingHeads, window)
                                  : config.full(fullHeads);
                          default ->
                              throw config.wrong(
                                  "layer_types",
                                  "may have full_attention and sliding_attention in a model of type %s, not %s"
                                      .formatted(config.type(), kinds.get(layer)));
                        }));
  }

  private static LayerSpec sliding(DecoderConfig config, HeadLayout heads, OptionalInt window) {
    return config.sliding(
        heads,
        window.orElseThrow(
            () ->
                config.missing(
                    "sliding_window", "layer_types has sliding_attention, an integer is needed")));
  }

  private static LayerSpec windowed(DecoderConfig config, HeadLayout heads, OptionalInt window) {
    return windowed(config, heads, heads, window);
  }

  private static LayerSpec windowed(
      DecoderConfig config, HeadLayout slidingHeads, HeadLayout fullHeads, OptionalInt window) {
    return window.isPresent()
        ? config.sliding(slidingHeads, window.getAsInt())
        : config.full(fullHeads);
  }
}
