package io.headroom.model.config;

import io.headroom.model.EntryCache;
import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Decoders that keep a compressed row a token (multi-head latent attention). */
final class LatentDecoders {
  /** An indexer's key: e4m3 and a scale for 128 channels (vLLM, DeepseekV32IndexerCache). */
  private static final int INDEX_SCALE_CHANNELS = 128;

  private static final int INDEX_SCALE_BYTES = 4;

  private LatentDecoders() {}

  /** DeepSeek-V2, V3, R1, Kimi-K2: every layer alike; without a latent rank plain heads. */
  static List<LayerSpec> plain(DecoderConfig config) {
    HeadLayout heads = heads(config);
    return EveryLayer.of(config, layer -> config.full(heads));
  }

  /** LongCat-Flash: each of {@code num_layers} has two attentions, both keep rows. */
  static List<LayerSpec> twoALayer(DecoderConfig config) {
    HeadLayout heads = heads(config);
    int layers =
        config
            .integer("num_layers", 1, DecoderConfig.MOST_LAYERS)
            .orElseThrow(
                () -> config.missing("num_layers", "the number of double layers is needed"));
    config.has("num_hidden_layers");
    config
        .text("attention_method")
        .filter(method -> !method.equals("MLA"))
        .ifPresent(
            method -> {
              throw config.wrong("attention_method", "must be MLA");
            });
    return EveryLayer.of(2 * layers, layer -> config.full(heads));
  }

  /**
   * MiniCPM-3: engines keep keys and values expanded for every head, as wide as its keys, not the
   * latent (vLLM lists no such type among its latent models).
   */
  static List<LayerSpec> expanded(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int keyDim =
        config.required("qk_nope_head_dim", 1, DecoderConfig.MOST_CHANNELS)
            + config.required("qk_rope_head_dim", 1, DecoderConfig.MOST_CHANNELS);
    for (String key : List.of("kv_lora_rank", "num_key_value_heads", "v_head_dim", "head_dim")) {
      config.has(key);
    }
    GroupedHeads padded = new GroupedHeads(queryHeads, queryHeads, keyDim, keyDim);
    return EveryLayer.of(config, layer -> config.full(padded));
  }

  /**
   * DeepSeek-V3.2, GLM-5: a latent row, and the key of an indexer in every layer that has one of
   * its own ({@code indexer_types}, {@code index_topk_pattern} or {@code index_topk_freq}; all
   * without).
   */
  static List<LayerSpec> indexed(DecoderConfig config) {
    HeadLayout heads = heads(config);
    int channels = config.required("index_head_dim", 1, DecoderConfig.MOST_CHANNELS);
    FurtherCaches indexer = FurtherCaches.entries(new EntryCache(1, 0, indexBytes(channels)));
    int count = config.layerCount();
    // Which of them have an indexer says another list.
    config.requireLayersOf("deepseek_sparse_attention");
    Optional<List<String>> types = config.texts("indexer_types");
    Optional<String> pattern = config.text("index_topk_pattern").filter(text -> !text.isEmpty());
    int every = config.integer("index_topk_freq", 1, DecoderConfig.MOST_LAYERS).orElse(1);
    int offset = config.integer("index_skip_topk_offset", 0, DecoderConfig.MOST_LAYERS).orElse(2);
    return EveryLayer.of(
        count,
        layer -> {
          boolean own =
              types
                  .map(
                      list ->
                          config.oneALayer("indexer_types", list, count).get(layer).equals("full"))
                  .or(() -> pattern.map(letters -> letters.charAt(layer % letters.length()) == 'F'))
                  .orElse(Math.max(layer - offset + 1, 0) % every == 0);
          return own ? config.full(heads).with(indexer) : config.full(heads);
        });
  }

  static int indexBytes(int channels) {
    int scales = (channels + INDEX_SCALE_CHANNELS - 1) / INDEX_SCALE_CHANNELS;
    return channels + scales * INDEX_SCALE_BYTES;
  }

  /**
   * DeepSeek-V4 (vLLM, models/deepseek_v4): keys are values, one row of {@code head_dim} a token in
   * a window; {@code compress_ratios} say which layers keep compressed rows too, one for so many
   * tokens, those of 4 with the key of an indexer. The compressor keeps its last inputs in float32.
   */
  static List<LayerSpec> compressed(DecoderConfig config) {
    int headDim = config.required("head_dim", 1, DecoderConfig.MOST_CHANNELS);
    int rotary = config.required("qk_rope_head_dim", 1, headDim - 1);
    int indexChannels = config.required("index_head_dim", 1, DecoderConfig.MOST_CHANNELS);
    int window = config.required("sliding_window", 1, Integer.MAX_VALUE);
    config.integer("num_key_value_heads", 1, 1);
    LatentHeads heads =
        new LatentHeads(config.queryHeads(), headDim - rotary, rotary, headDim - rotary, headDim);
    int count = config.layerCount();
    List<Integer> ratios =
        config.integersALayer("compress_ratios", 0, 1 << 16, count, "a list of integers is needed");
    return EveryLayer.of(
        count,
        layer -> {
          LayerSpec sliding = config.sliding(heads, window);
          int ratio = ratios.get(layer);
          if (ratio <= 1) {
            return sliding;
          }
          return sliding.with(compressed(headDim, indexChannels, ratio));
        });
  }

  private static FurtherCaches compressed(int headDim, int indexChannels, int ratio) {
    EntryCache rows = new EntryCache(ratio, headDim, 0);
    if (ratio == 4) {
      return new FurtherCaches(
          List.of(rows, new EntryCache(ratio, 0, indexBytes(indexChannels))),
          0,
          FixedState.of(compressor(headDim, ratio, 2), compressor(indexChannels, ratio, 2)));
    }
    return new FurtherCaches(List.of(rows), 0, FixedState.of(compressor(headDim, ratio, 1)));
  }

  /** The last positions, {@code overlap} entries of them, with a key and a gate each. */
  private static FixedState.Part compressor(int channels, int ratio, int overlap) {
    long positions = (long) overlap * ratio;
    return new FixedState.Part(1, positions * 2 * overlap * channels * Float.BYTES);
  }

  /** Latent where a rank is given, else plain heads; of those a {@code v_head_dim} of 0 is none. */
  static HeadLayout heads(DecoderConfig config) {
    boolean off = !config.flag("use_mla", true);
    OptionalInt rank = config.channels("kv_lora_rank");
    if (rank.isPresent() && !off) {
      return latent(config);
    }
    for (String key : List.of("qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim")) {
      config.integer(key, 0, DecoderConfig.MOST_CHANNELS);
    }
    return config.heads();
  }

  static LatentHeads latent(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    // A row serves all heads, whatever these say.
    config.has("num_key_value_heads");
    config.has("head_dim");
    return new LatentHeads(
        queryHeads,
        config.required("kv_lora_rank", 1, DecoderConfig.MOST_CHANNELS),
        config.required("qk_rope_head_dim", 1, DecoderConfig.MOST_CHANNELS),
        config.required("qk_nope_head_dim", 1, DecoderConfig.MOST_CHANNELS),
        config.required("v_head_dim", 1, DecoderConfig.MOST_CHANNELS));
  }
}
