package io.headroom.model.config;

import io.headroom.json.JsonDocument;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a Hugging Face {@code config.json} says of attention. Defaults that a key's absence stands
 * for are those of the configuration classes in github.com/huggingface/transformers.
 *
 * @param name the model's name, from that of the file
 * @param type {@code model_type}; empty if absent
 * @param document the decoder's own object: the whole file, or its {@code text_config}
 */
public record HuggingFaceConfig(String name, String type, JsonDocument document) {
  static final int MOST_LAYERS = 4096;
  private static final int MOST_HIDDEN_SIZE = 1 << 24;
  public static final int MOST_HEADS = 1 << 16;
  public static final int MOST_HEAD_DIM = 1 << 16;

  private static final List<String> HIDDEN_SIZE = List.of("hidden_size", "n_embd", "n_embed");
  private static final List<String> QUERY_HEADS = List.of("num_attention_heads", "n_head");
  private static final List<String> LAYERS = List.of("num_hidden_layers", "n_layer");
  private static final List<String> KV_HEADS =
      List.of("num_key_value_heads", "num_kv_heads", "n_head_kv");

  private static final Set<String> FALCON = Set.of("falcon", "RefinedWebModel", "RefinedWeb");

  /** Architectures whose {@code head_dim} is not hidden size over heads where it is absent. */
  private static final Map<String, Integer> DEFAULT_HEAD_DIM =
      Map.ofEntries(
          Map.entry("gemma", 256),
          Map.entry("gemma2", 256),
          Map.entry("gemma3_text", 256),
          Map.entry("gemma3n_text", 256),
          Map.entry("gemma4_text", 256),
          Map.entry("gpt_oss", 64),
          Map.entry("qwen3", 128),
          Map.entry("qwen3_next", 256));

  private static final int GEMMA4_GLOBAL_HEAD_DIM = 512;

  /** Architectures that scale queries by their norms and leave the scores as they are. */
  private static final Set<String> UNSCALED = Set.of("gemma3n_text", "gemma4_text");

  /** Keys of architectures whose caches are of other kinds than those counted here. */
  private static final SortedMap<String, String> UNSUPPORTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("attention_chunk_size", "chunked attention"),
              Map.entry("attention_types", "a pattern of local attention"),
              Map.entry("attn_layer_indices", "attention and state space layers"),
              Map.entry("attn_layer_period", "attention and state space layers"),
              Map.entry("block_configs", "heads that differ by layer"),
              Map.entry("hybrid_override_pattern", "attention and state space layers"),
              Map.entry("index_head_dim", "sparse attention with a cache of its indexer"),
              Map.entry("layers_block_type", "attention and state space layers"),
              Map.entry("linear_attn_config", "latent and linear attention")));

  public static HuggingFaceConfig read(Path file) {
    JsonDocument whole = JsonDocument.read(file);
    JsonDocument decoder = whole.object("text_config").orElse(whole);
    return new HuggingFaceConfig(
        ModelNames.of(file),
        decoder.text("model_type").or(() -> whole.text("model_type")).orElse(""),
        decoder);
  }

  public ModelSpec model() {
    requireKnownCache();
    int layerCount = required(LAYERS, MOST_LAYERS);
    int hiddenSize = required(HIDDEN_SIZE, MOST_HIDDEN_SIZE);
    HeadLayout heads = heads(hiddenSize);
    HeadLayout fullHeads = fullHeads(heads);
    List<LayerPattern.Layer> pattern = new LayerPattern(type, document).layers(layerCount);
    List<LayerSpec> layers = new ArrayList<>();
    for (LayerPattern.Layer layer : pattern) {
      HeadLayout layout = layer.window() == 0 ? fullHeads : heads;
      layers.add(new LayerSpec(layer.kind(), layout, layer.window(), 0, scale(layout)));
    }
    if (layers.stream().noneMatch(LayerSpec::holdsKv)) {
      throw document.wrong(
          nameIn(List.of("layer_types", "full_attention_interval", "num_hidden_layers")),
          "must leave a layer that keeps keys and values");
    }
    return new ModelSpec(
        name,
        hiddenSize,
        document.integer("vocab_size", 1, Integer.MAX_VALUE).orElse(0),
        maxPositions(),
        layers);
  }

  private void requireKnownCache() {
    for (Map.Entry<String, String> entry : UNSUPPORTED.entrySet()) {
      if (document.has(entry.getKey())) {
        throw document.wrong(
            entry.getKey(),
            "is not supported (%s); leave it out or null".formatted(entry.getValue()));
      }
    }
    if (document.flag("is_encoder_decoder").orElse(false)) {
      throw document.wrong("is_encoder_decoder", "must be false, only decoders are supported");
    }
  }

  private HeadLayout heads(int hiddenSize) {
    int queryHeads = required(QUERY_HEADS, MOST_HEADS);
    if (document.has("kv_lora_rank")) {
      return new LatentHeads(
          queryHeads,
          requiredDim("kv_lora_rank"),
          requiredDim("qk_rope_head_dim"),
          requiredDim("qk_nope_head_dim"),
          requiredDim("v_head_dim"));
    }
    int headDim = headDim(hiddenSize, queryHeads);
    int valueDim = document.integer("v_head_dim", 1, MOST_HEAD_DIM).orElse(headDim);
    return new GroupedHeads(queryHeads, kvHeads(queryHeads), headDim, valueDim);
  }

  private int headDim(int hiddenSize, int queryHeads) {
    OptionalInt stated = document.integer("head_dim", 1, MOST_HEAD_DIM);
    if (stated.isPresent()) {
      return stated.getAsInt();
    }
    if (DEFAULT_HEAD_DIM.containsKey(type)) {
      return DEFAULT_HEAD_DIM.get(type);
    }
    if (hiddenSize % queryHeads != 0) {
      throw document.wrong(
          nameIn(HIDDEN_SIZE),
          "must be a multiple of the %d query heads, or head_dim be given".formatted(queryHeads));
    }
    return hiddenSize / queryHeads;
  }

  private int kvHeads(int queryHeads) {
    if (FALCON.contains(type)) {
      return falconKvHeads(queryHeads);
    }
    OptionalInt stated = document.integer(KV_HEADS, 1, MOST_HEADS);
    if (document.flag("multi_query").orElse(type.equals("gpt_bigcode"))) {
      if (stated.orElse(1) != 1) {
        throw document.wrong(nameIn(KV_HEADS), "must be 1 or absent with multi_query");
      }
      return 1;
    }
    return requireDivisor(nameIn(KV_HEADS), stated.orElse(queryHeads), queryHeads);
  }

  /**
   * The old decoder ignores its number of KV heads where it is multi-query, which it is unless
   * told.
   */
  private int falconKvHeads(int queryHeads) {
    boolean newDecoder =
        document.flag("new_decoder_architecture").orElse(type.equals("RefinedWeb"));
    if (!newDecoder && document.flag("multi_query").orElse(true)) {
      return 1;
    }
    OptionalInt stated = document.integer(KV_HEADS, 1, MOST_HEADS);
    return requireDivisor(nameIn(KV_HEADS), stated.orElse(queryHeads), queryHeads);
  }

  /** Gemma-4's full layers have other heads than its sliding ones. */
  private HeadLayout fullHeads(HeadLayout heads) {
    if (!(heads instanceof GroupedHeads grouped)) {
      return heads;
    }
    OptionalInt stated = document.integer("num_global_key_value_heads", 1, MOST_HEADS);
    boolean keysAreValues = document.flag("attention_k_eq_v").orElse(false);
    int kvHeads = keysAreValues ? stated.orElse(grouped.kvHeads()) : grouped.kvHeads();
    int headDim =
        document
            .integer("global_head_dim", 1, MOST_HEAD_DIM)
            .orElse(type.equals("gemma4_text") ? GEMMA4_GLOBAL_HEAD_DIM : grouped.headDim());
    if (kvHeads == grouped.kvHeads() && headDim == grouped.headDim()) {
      return grouped;
    }
    requireDivisor("num_global_key_value_heads", kvHeads, grouped.queryHeads());
    return new GroupedHeads(grouped.queryHeads(), kvHeads, headDim, headDim);
  }

  private float scale(HeadLayout heads) {
    if (document.has("query_pre_attn_scalar")) {
      double scalar = document.positiveNumber("query_pre_attn_scalar").getAsDouble();
      return requireFloat("query_pre_attn_scalar", 1 / Math.sqrt(scalar));
    }
    if (document.has("attention_multiplier")) {
      double multiplier = document.positiveNumber("attention_multiplier").getAsDouble();
      return requireFloat("attention_multiplier", multiplier);
    }
    return UNSCALED.contains(type) ? 1 : heads.defaultScale();
  }

  private float requireFloat(String key, double scale) {
    if (scale > Float.MAX_VALUE || (float) scale == 0) {
      throw document.wrong(key, "must give a softmax scale within the range of a float");
    }
    return (float) scale;
  }

  private int maxPositions() {
    for (String key : List.of("max_position_embeddings", "n_positions", "n_ctx")) {
      OptionalInt value = document.integer(key, 1, Integer.MAX_VALUE);
      if (value.isPresent()) {
        return value.getAsInt();
      }
    }
    return 0;
  }

  private int required(List<String> keys, int most) {
    return document
        .integer(keys, 1, most)
        .orElseThrow(
            () ->
                document.missing(keys.get(0), "an integer from 1 to %d is needed".formatted(most)));
  }

  private int requiredDim(String key) {
    return required(List.of(key), MOST_HEAD_DIM);
  }

  private int requireDivisor(String key, int kvHeads, int queryHeads) {
    if (queryHeads % kvHeads != 0) {
      throw document.wrong(key, "must divide the %d query heads".formatted(queryHeads));
    }
    return kvHeads;
  }

  /** The name under which a value that goes by several is given. */
  private String nameIn(List<String> keys) {
    return keys.stream().filter(document::has).findFirst().orElse(keys.get(0));
  }
}
