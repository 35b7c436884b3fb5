package io.headroom.model.config;

import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Decoders whose layers differ in their heads. */
final class HeadsByLayer {
  private HeadsByLayer() {}

  /** DeciLM: {@code num_key_value_heads_per_layer}. */
  static List<LayerSpec> deci(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim = config.headDim(queryHeads);
    int count = config.layerCount();
    String key = "num_key_value_heads_per_layer";
    List<Integer> kvHeads =
        config.integersALayer(
            key,
            1,
            DecoderConfig.MOST_HEADS,
            count,
            "a number of KV heads for each layer is needed");
    config.has("num_key_value_heads");
    return EveryLayer.of(
        count,
        layer -> {
          int heads = config.requireDivisor(key, kvHeads.get(layer), queryHeads);
          return config.full(new GroupedHeads(queryHeads, heads, headDim, headDim));
        });
  }

  /**
   * Nemotron-NAS: {@code block_configs} say how many query heads share a KV head, or that a layer
   * has no attention, or a linear map in its place.
   */
  static List<LayerSpec> nemotronNas(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim = config.headDim(queryHeads);
    int count = config.layerCount();
    GroupedHeads none = new GroupedHeads(queryHeads, queryHeads, headDim, headDim);
    config.has("num_key_value_heads");
    List<DecoderConfig> blocks =
        config
            .objects("block_configs")
            .map(list -> config.oneALayer("block_configs", list, count))
            .orElseThrow(
                () -> config.missing("block_configs", "an object for each layer is needed"));
    return blocks.stream()
        .map(
            block -> {
              DecoderConfig attention =
                  block
                      .object("attention")
                      .orElseThrow(() -> block.missing("attention", "an object is needed"));
              boolean without = attention.flag("no_op", false);
              boolean linear = attention.flag("replace_with_linear", false);
              attention.has("n_heads_in_group");
              if (without || linear) {
                return config.without(none, FixedState.NONE);
              }
              int group = attention.required("n_heads_in_group", 1, queryHeads);
              if (queryHeads % group != 0) {
                throw attention.wrong(
                    "n_heads_in_group", "must divide the %d query heads".formatted(queryHeads));
              }
              return config.full(
                  new GroupedHeads(queryHeads, queryHeads / group, headDim, headDim));
            })
        .toList();
  }

  /** OpenELM: lists of query and of KV heads. */
  static List<LayerSpec> openElm(DecoderConfig config) {
    int count =
        config
            .integer(
                List.of("num_transformer_layers", "num_hidden_layers"),
                1,
                DecoderConfig.MOST_LAYERS)
            .orElseThrow(() -> config.missing("num_transformer_layers", "an integer is needed"));
    int headDim = config.required("head_dim", 1, DecoderConfig.MOST_CHANNELS);
    List<Integer> queryHeads = headsALayer(config, "num_query_heads", count);
    List<Integer> kvHeads = headsALayer(config, "num_kv_heads", count);
    config.has("num_gqa_groups");
    return EveryLayer.of(
        count,
        layer -> {
          int queries = queryHeads.get(layer);
          int heads = config.requireDivisor("num_kv_heads", kvHeads.get(layer), queries);
          return config.full(new GroupedHeads(queries, heads, headDim, headDim));
        });
  }

  private static List<Integer> headsALayer(DecoderConfig config, String key, int count) {
    return config.integersALayer(
        key, 1, DecoderConfig.MOST_HEADS, count, "a number of heads for each layer is needed");
  }

  private static int heads(DecoderConfig config, String key, int otherwise) {
    return config.integer(key, 1, DecoderConfig.MOST_HEADS).orElse(otherwise);
  }

  private static int kvHeads(DecoderConfig config, String key, int otherwise, int queryHeads) {
    return config.requireDivisor(key, heads(config, key, otherwise), queryHeads);
  }

  /**
   * MiMo-V2: {@code hybrid_layer_pattern} has 1 for layers with a window and heads of their own,
   * whose keys and values differ in channels. Its {@code attention_chunk_size} is a leftover (vLLM
   * deletes it).
   */
  static List<LayerSpec> miMo(DecoderConfig config) {
    GroupedHeads full = config.heads();
    int slidingQueryHeads = heads(config, "swa_num_attention_heads", full.queryHeads());
    int slidingKvHeads =
        kvHeads(config, "swa_num_key_value_heads", full.kvHeads(), slidingQueryHeads);
    int slidingDim = config.channels("swa_head_dim").orElse(full.headDim());
    GroupedHeads sliding =
        new GroupedHeads(
            slidingQueryHeads,
            slidingKvHeads,
            slidingDim,
            config.channels("swa_v_head_dim").orElse(slidingDim));
    int window =
        config
            .integer(List.of("sliding_window_size", "sliding_window"), 1, Integer.MAX_VALUE)
            .orElseThrow(() -> config.missing("sliding_window_size", "an integer is needed"));
    int count = config.layerCount();
    List<Integer> pattern =
        config.integersALayer(
            "hybrid_layer_pattern", 0, 1, count, "a 1 for sliding or a 0 for each layer is needed");
    return EveryLayer.of(
        count,
        layer -> pattern.get(layer) == 1 ? config.sliding(sliding, window) : config.full(full));
  }

  /** Step-3.5: sliding layers may have heads of their own, {@code attention_other_setting}. */
  static List<LayerSpec> step35(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim = config.headDim(queryHeads);
    OptionalInt stated = config.integer("num_attention_groups", 1, DecoderConfig.MOST_HEADS);
    int groups =
        stated.isPresent()
            ? config.requireDivisor("num_attention_groups", stated.getAsInt(), queryHeads)
            : config.kvHeads(queryHeads);
    GroupedHeads full = new GroupedHeads(queryHeads, groups, headDim, headDim);
    GroupedHeads sliding =
        config
            .object("attention_other_setting")
            .map(
                other -> {
                  other.text("attention_type");
                  int queries = heads(other, "num_attention_heads", queryHeads);
                  int kvHeads = kvHeads(other, "num_attention_groups", groups, queries);
                  int channels = other.channels("head_dim").orElse(headDim);
                  return new GroupedHeads(queries, kvHeads, channels, channels);
                })
            .orElse(full);
    return SlidingDecoders.listed(config, sliding, full)
        .orElseThrow(
            () -> config.missing("layer_types", "full_attention or sliding_attention a layer"));
  }

  /**
   * Baichuan-M1: {@code sliding_window_layers} have a window and KV heads of their own; every layer
   * convolves keys and values over {@code conv_window} positions and keeps the ones before.
   */
  static List<LayerSpec> baichuanM1(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim = config.headDim(queryHeads);
    GroupedHeads full = config.grouped(queryHeads, headDim);
    int slidingQueryHeads = heads(config, "num_swa_attention_heads", queryHeads);
    int slidingKvHeads =
        kvHeads(config, "num_swa_key_value_heads", full.kvHeads(), slidingQueryHeads);
    int slidingDim = config.hiddenSize() / slidingQueryHeads;
    GroupedHeads sliding =
        new GroupedHeads(slidingQueryHeads, slidingKvHeads, slidingDim, slidingDim);
    int window = config.required("sliding_window", 1, Integer.MAX_VALUE);
    Set<Integer> slidingLayers =
        config
            .layerNumbers("sliding_window_layers")
            .orElseThrow(
                () -> config.missing("sliding_window_layers", "a list of layers is needed"));
    int kept = config.positive("conv_window", 2) - 1;
    int bytes = config.numberBytes();
    return EveryLayer.of(
        config,
        layer -> {
          boolean slides = slidingLayers.contains(layer);
          GroupedHeads heads = slides ? sliding : full;
          FixedState convolved =
              FixedState.of(
                  new FixedState.Part(heads.kvHeads(), 2L * kept * heads.headDim() * bytes));
          LayerSpec spec = slides ? config.sliding(heads, window) : config.full(heads);
          return spec.with(FurtherCaches.state(convolved));
        });
  }
}
