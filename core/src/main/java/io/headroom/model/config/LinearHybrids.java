package io.headroom.model.config;

import io.headroom.model.EntryCache;
import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LayerSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decoders that mix attention with linear attention, convolutions or gated recurrences. */
final class LinearHybrids {
  private static final String LISTED = "layer_types";

  /** What files call the layers that do not attend. */
  private static final List<String> RECURRENT = List.of("linear_attention", "conv");

  private static final int WIDEST = 1 << 16;

  private LinearHybrids() {}

  /** MiniMax-01 and M1: {@code attn_type_list} has 1 for softmax and 0 for lightning attention. */
  static List<LayerSpec> miniMax(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    FixedState state =
        StateShapes.lightning(heads.queryHeads(), heads.headDim(), config.numberBytes());
    Optional<List<Integer>> numbers =
        config
            .integers("attn_type_list", 0, 1)
            .map(list -> config.oneALayer("attn_type_list", list, config.layerCount()));
    if (numbers.isPresent()) {
      config.has(LISTED);
      return EveryLayer.attending(config, heads, state, layer -> numbers.get().get(layer) == 1);
    }
    ListedKinds kinds =
        ListedKinds.first(config, LISTED)
            .orElseThrow(
                () ->
                    config.missing(
                        "attn_type_list", "a 1 for softmax or a 0 for each layer is needed"));
    return EveryLayer.attending(config, heads, state, layer -> attends(kinds, layer));
  }

  /** MiniMax-M3: every layer keeps keys and values, sparse ones the key of an index too. */
  static List<LayerSpec> miniMaxM3(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int count = config.layerCount();
    Optional<DecoderConfig> sparse =
        config
            .object("sparse_attention_config")
            .filter(object -> object.flag("use_sparse_attention", true));
    if (sparse.isEmpty()) {
      return EveryLayer.of(count, layer -> config.full(heads));
    }
    int channels = sparse.get().required("sparse_index_dim", 1, WIDEST);
    Optional<List<Integer>> frequency =
        sparse
            .get()
            .integers("sparse_attention_freq", 0, WIDEST)
            .map(list -> sparse.get().oneALayer("sparse_attention_freq", list, count));
    for (String key : List.of("sparse_disable_index_value", "sparse_num_index_heads")) {
      sparse.get().has(key);
    }
    FurtherCaches index =
        FurtherCaches.entries(new EntryCache(1, 0, channels * config.numberBytes()));
    return EveryLayer.of(
        count,
        layer ->
            frequency.map(list -> list.get(layer) != 0).orElse(true)
                ? config.full(heads).with(index)
                : config.full(heads));
  }

  /** Qwen3-Next and Qwen3.5: one layer in {@code full_attention_interval} attends. */
  static List<LayerSpec> gatedDelta(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    FixedState state =
        StateShapes.gatedDelta(
            config.required("linear_num_key_heads", 1, WIDEST),
            config.required("linear_key_head_dim", 1, WIDEST),
            config.required("linear_num_value_heads", 1, WIDEST),
            config.required("linear_value_head_dim", 1, WIDEST),
            config.required("linear_conv_kernel_dim", 1, WIDEST),
            config.numberBytes(),
            config.numberBytes("mamba_ssm_dtype"));
    int interval =
        config.integer("full_attention_interval", 1, DecoderConfig.MOST_LAYERS).orElse(4);
    Optional<ListedKinds> listed = ListedKinds.first(config, LISTED);
    return EveryLayer.attending(
        config,
        heads,
        state,
        layer -> listed.map(kinds -> attends(kinds, layer)).orElse((layer + 1) % interval == 0));
  }

  /**
   * Kimi-Linear and Kimi-K3: latent layers and layers of Kimi delta attention, as two lists of
   * layers that begin with 1. Its recurrence is kept in float32 (vLLM, kda_state_dtype).
   */
  static List<LayerSpec> kimiLinear(DecoderConfig config) {
    HeadLayout heads = LatentDecoders.heads(config);
    DecoderConfig linear =
        config
            .object("linear_attn_config")
            .orElseThrow(
                () -> config.missing("linear_attn_config", "an object with the layers is needed"));
    FixedState state =
        StateShapes.kimiDelta(
            linear.required("num_heads", 1, WIDEST),
            linear.required("head_dim", 1, WIDEST),
            linear.required("short_conv_kernel_size", 1, WIDEST),
            config.numberBytes(),
            Float.BYTES);
    int count = config.layerCount();
    Set<Integer> attending = numbered(linear, "full_attn_layers", count);
    Set<Integer> recurrent = numbered(linear, "kda_layers", count);
    return EveryLayer.attending(
        config,
        heads,
        state,
        layer -> {
          int number = layer + 1;
          if (attending.contains(number) == recurrent.contains(number)) {
            throw linear.wrong(
                "full_attn_layers",
                "or kda_layers must have layer %d (of 1 to %d), and not both"
                    .formatted(number, count));
          }
          return attending.contains(number);
        });
  }

  private static Set<Integer> numbered(DecoderConfig linear, String key, int count) {
    return new HashSet<>(
        linear
            .integers(key, 1, count)
            .orElseThrow(
                () ->
                    linear.missing(
                        key, "a list of layers from 1 to %d is needed".formatted(count))));
  }

  /**
   * Ling and Ring linear (vLLM bailing_moe_linear): the last layer of every {@code
   * layer_group_size} attends. Those with a latent rank keep rows. What follows the last whole
   * group attends too.
   */
  static List<LayerSpec> bailing(DecoderConfig config) {
    HeadLayout heads = LatentDecoders.heads(config);
    int queryHeads = config.queryHeads();
    if (config.has("short_conv_kernel_size")) {
      throw config.wrong(
          "short_conv_kernel_size",
          "says that the recurrent layers are of Kimi delta attention, whose sizes are not known"
              + " in a model of type "
              + config.type());
    }
    int headDim = config.channels("head_dim").orElse(config.hiddenSize() / queryHeads);
    FixedState state = StateShapes.lightning(queryHeads, headDim, config.numberBytes());
    int group = config.required("layer_group_size", 1, DecoderConfig.MOST_LAYERS);
    int grouped = config.layerCount() / group * group;
    return EveryLayer.attending(
        config, heads, state, layer -> layer >= grouped || (layer + 1) % group == 0);
  }

  /**
   * MiniCPM-SALA: {@code mixer_types} has {@code minicpm4} for attention and lightning attention
   * otherwise, whose state is kept in float32.
   */
  static List<LayerSpec> miniCpmSala(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int lightningHeads =
        config.integer("lightning_nh", 1, DecoderConfig.MOST_HEADS).orElse(heads.queryHeads());
    int lightningDim = config.channels("lightning_head_dim").orElse(heads.headDim());
    config.integer("lightning_nkv", 1, DecoderConfig.MOST_HEADS);
    FixedState state = StateShapes.lightning(lightningHeads, lightningDim, Float.BYTES);
    int count = config.layerCount();
    List<String> mixers =
        config
            .texts("mixer_types")
            .map(list -> config.oneALayer("mixer_types", list, count))
            .orElseThrow(
                () -> config.missing("mixer_types", "minicpm4 or lightning for each layer"));
    return mixers.stream()
        .map(
            mixer ->
                switch (mixer) {
                  case "minicpm4" -> config.full(heads);
                  case "lightning", "lightning_attn", "lightning-attn" ->
                      config.without(heads, state);
                  default ->
                      throw config.wrong(
                          "mixer_types", "may have minicpm4 and lightning, not " + mixer);
                })
        .toList();
  }

  /** LFM2: {@code full_attn_idxs} or {@code layer_types} attend, the others are convolutions. */
  static List<LayerSpec> lfm2(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    FixedState state =
        StateShapes.shortConvolution(
            config.hiddenSize(), config.positive("conv_L_cache", 3), config.numberBytes());
    Optional<ListedKinds> listed = ListedKinds.first(config, LISTED);
    Optional<Set<Integer>> attending = config.layerNumbers("full_attn_idxs");
    return EveryLayer.attending(
        config,
        heads,
        state,
        layer ->
            listed
                .map(kinds -> attends(kinds, layer))
                .or(() -> attending.map(list -> list.contains(layer)))
                .orElse(true));
  }

  /**
   * RecurrentGemma: {@code block_types} repeat; those that attend see the last positions, the
   * others keep a convolution and a recurrence in float32.
   */
  static List<LayerSpec> recurrentGemma(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int window = config.positions("attention_window_size").orElse(2048);
    int channels =
        config
            .integer("lru_width", 1, DecoderConfig.MOST_STATE_CHANNELS)
            .orElse(config.hiddenSize());
    FixedState state =
        StateShapes.gatedRecurrence(
            channels, config.positive("conv1d_width", 4), config.numberBytes(), Float.BYTES);
    Optional<List<String>> hidden = config.texts("_block_types");
    List<String> blocks =
        config
            .texts("block_types")
            .or(() -> hidden)
            .filter(list -> !list.isEmpty())
            .orElse(List.of("recurrent", "recurrent", "attention"));
    return EveryLayer.of(
        config,
        layer ->
            switch (blocks.get(layer % blocks.size())) {
              case "attention" -> config.sliding(heads, window);
              case "recurrent" -> config.without(heads, state);
              default ->
                  throw config.wrong("block_types", "may have attention and recurrent alone");
            });
  }

  private static boolean attends(ListedKinds kinds, int layer) {
    return kinds.attends(layer, "full_attention", RECURRENT);
  }
}
