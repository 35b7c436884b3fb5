package io.headroom.model.config;

import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** Decoders whose layers are alike and keep every position. */
final class GroupedDecoders {
  private GroupedDecoders() {}

  /**
   * As Llama. Newer files list the kinds of the layers nevertheless: all are {@code
   * full_attention}.
   */
  static List<LayerSpec> plain(DecoderConfig config) {
    return alike(config, config.heads());
  }

  /**
   * Every query head has a KV head, whatever else the file says; Qwen's first one names its
   * channels.
   */
  static List<LayerSpec> multiHead(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim("kv_channels", heads);
    return alike(config, new GroupedHeads(heads, heads, headDim, headDim));
  }

  /** As {@link #plain} but multi-query unless told: GPTBigCodeConfig. */
  static List<LayerSpec> bigCode(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim(heads);
    int kvHeads = config.flag("multi_query", true) ? 1 : heads;
    return alike(config, new GroupedHeads(heads, kvHeads, headDim, headDim));
  }

  /**
   * FalconConfig: the old decoder ignores its number of KV heads where it is multi-query, which it
   * is unless told.
   */
  static List<LayerSpec> falcon(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim(heads);
    boolean newDecoder =
        config.flag("new_decoder_architecture", config.type().equals("RefinedWeb"));
    boolean multiQuery = config.flag("multi_query", true);
    int stated = config.kvHeads(heads);
    int kvHeads = multiQuery && !newDecoder ? 1 : stated;
    return alike(config, new GroupedHeads(heads, kvHeads, headDim, headDim));
  }

  /**
   * ChatGLM2 and later, GLM-4 (vllm/transformers_utils/configs/chatglm.py): groups count where
   * {@code multi_query_attention} is on; a head has {@code kv_channels}.
   */
  static List<LayerSpec> chatGlm(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim("kv_channels", heads);
    OptionalInt groups = config.integer("multi_query_group_num", 1, DecoderConfig.MOST_HEADS);
    int kvHeads =
        config.flag("multi_query_attention", false)
            ? config.requireDivisor("multi_query_group_num", groups.orElse(1), heads)
            : heads;
    return alike(config, new GroupedHeads(heads, kvHeads, headDim, headDim));
  }

  /** DBRX and MPT name the KV heads in {@code attn_config}. */
  static List<LayerSpec> attentionConfig(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim(heads);
    int otherwise = config.type().equals("dbrx") ? 1 : heads;
    int kvHeads =
        config.object("attn_config").map(attention -> kvHeads(attention, otherwise)).orElse(heads);
    config.requireDivisor("attn_config", kvHeads, heads);
    return alike(config, new GroupedHeads(heads, kvHeads, headDim, headDim));
  }

  private static int kvHeads(DecoderConfig attention, int otherwise) {
    boolean multiQuery =
        attention.text("attn_type").filter("multiquery_attention"::equals).isPresent();
    return attention
        .integer("kv_n_heads", 1, DecoderConfig.MOST_HEADS)
        .orElse(multiQuery ? 1 : otherwise);
  }

  /** Step-3 (vllm step3_text): groups of query heads go by {@code num_attention_groups}. */
  static List<LayerSpec> attentionGroups(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim(heads);
    int groups = config.required("num_attention_groups", 1, DecoderConfig.MOST_HEADS);
    config.requireDivisor("num_attention_groups", groups, heads);
    return alike(config, new GroupedHeads(heads, groups, headDim, headDim));
  }

  /**
   * Hunyuan (vllm hunyuan_v1): with {@code use_cla} one layer in {@code cla_share_factor} keeps
   * keys and values, the next ones attend to them.
   */
  static List<LayerSpec> crossLayer(DecoderConfig config) {
    int heads = config.queryHeads();
    int headDim = config.headDim("attention_head_dim", heads);
    GroupedHeads layout = config.grouped(heads, headDim);
    int factor = config.integer("cla_share_factor", 1, DecoderConfig.MOST_LAYERS).orElse(1);
    int owners = config.flag("use_cla", false) ? factor : 1;
    return EveryLayer.of(
        config, layer -> layer % owners == 0 ? config.full(layout) : config.shared(layout, 0));
  }

  /** Ouro: the layers run {@code total_ut_steps} times, and each time keep keys and values. */
  static List<LayerSpec> looped(DecoderConfig config) {
    int steps = config.integer("total_ut_steps", 1, 64).orElse(1);
    List<LayerSpec> once = plain(config);
    return Collections.nCopies(steps, once).stream().flatMap(List::stream).toList();
  }

  private static List<LayerSpec> alike(DecoderConfig config, GroupedHeads heads) {
    config.requireLayersOf("full_attention", "attention");
    return EveryLayer.of(config, layer -> config.full(heads));
  }
}
