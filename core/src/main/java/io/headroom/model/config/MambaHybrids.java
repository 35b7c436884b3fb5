package io.headroom.model.config;

import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** State space models, and those that mix them with attention. */
final class MambaHybrids {
  private static final List<String> STATE_TYPES =
      List.of("mamba_ssm_dtype", "mamba_ssm_cache_dtype");

  private MambaHybrids() {}

  /** MambaConfig and FalconMambaConfig: states alone. */
  static List<LayerSpec> mamba(DecoderConfig config) {
    int inner =
        config
            .integer("intermediate_size", 1, DecoderConfig.MOST_STATE_CHANNELS)
            .orElseGet(() -> expanded(config, "expand", 2));
    config.has("expand");
    FixedState state = mamba1(config, inner, "state_size", "conv_kernel");
    return EveryLayer.of(config, layer -> config.without(noHeads(), state));
  }

  /** Mamba2Config: states alone. */
  static List<LayerSpec> mamba2(DecoderConfig config) {
    int heads = positive(config, "num_heads", 128);
    int headDim = positive(config, "head_dim", 64);
    config.has("expand");
    FixedState state =
        mamba2(
            config,
            heads,
            headDim,
            positive(config, "n_groups", 8),
            positive(config, "state_size", 128),
            positive(config, "conv_kernel", 4));
    return EveryLayer.of(config, layer -> config.without(noHeads(), state));
  }

  /** JambaConfig: every {@code attn_layer_period}-th layer attends, from the offset on. */
  static List<LayerSpec> jamba(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int period = positive(config, "attn_layer_period", 8);
    int offset = config.integer("attn_layer_offset", 0, DecoderConfig.MOST_LAYERS).orElse(4);
    FixedState state =
        mamba1(config, expanded(config, "mamba_expand", 2), "mamba_d_state", "mamba_d_conv");
    int count = config.layerCount();
    Optional<List<String>> listed = config.texts("layer_types");
    return EveryLayer.of(
        count,
        layer ->
            listed
                    .map(kinds -> attends(config, "layer_types", kinds, count, layer))
                    .orElse(layer % period == offset)
                ? config.full(heads)
                : config.without(heads, state));
  }

  /** BambaConfig: {@code attn_layer_indices} attend; without, none does. */
  static List<LayerSpec> bamba(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    FixedState state = hybridMamba2(config, 128, 1, 256);
    Set<Integer> attending =
        new HashSet<>(
            config.integers("attn_layer_indices", 0, config.layerCount() - 1).orElse(List.of()));
    return EveryLayer.of(
        config,
        layer -> attending.contains(layer) ? config.full(heads) : config.without(heads, state));
  }

  /** GraniteMoeHybridConfig: as listed; without a list no layer attends. */
  static List<LayerSpec> granite(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int count = config.layerCount();
    Optional<List<String>> listed =
        config.texts("layer_types").or(() -> config.texts("layers_block_type"));
    config.has("layers_block_type");
    boolean allAttend =
        listed.isPresent()
            && listed.get().stream().limit(count).noneMatch(MambaHybrids::isRecurrent);
    FixedState state = allAttend ? FixedState.NONE : hybridMamba2(config, 128, 1, 256);
    return EveryLayer.of(
        count,
        layer ->
            listed.map(kinds -> attends(config, "layer_types", kinds, count, layer)).orElse(false)
                ? config.full(heads)
                : config.without(heads, state));
  }

  /**
   * NemotronHConfig: a letter a layer, {@code *} attends, {@code M} has a state, {@code -} and
   * {@code E} have nothing; or the same as a list. The number of letters is that of the layers.
   */
  static List<LayerSpec> nemotronH(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim =
        config.channels("head_dim").orElse(config.channels("attention_head_dim").orElse(128));
    GroupedHeads heads = new GroupedHeads(queryHeads, config.kvHeads(queryHeads), headDim, headDim);
    FixedState state =
        mamba2(
            config,
            positive(config, "mamba_num_heads", 128),
            positive(config, "mamba_head_dim", 64),
            config.integer(List.of("n_groups", "mamba_n_groups"), 1, 1 << 16).orElse(8),
            positive(config, "ssm_state_size", 128),
            config.integer(List.of("conv_kernel", "mamba_d_conv"), 1, 1 << 16).orElse(4));
    config.has("expand");
    config.has("num_hidden_layers");
    Optional<List<String>> listed =
        config.texts("layers_block_type").or(() -> config.texts("layer_types"));
    config.has("layer_types");
    String pattern = config.text("hybrid_override_pattern").orElse("");
    List<String> kinds =
        listed.orElseGet(
            () -> pattern.replace("|", "").chars().mapToObj(Character::toString).toList());
    if (kinds.isEmpty() || kinds.size() > DecoderConfig.MOST_LAYERS) {
      throw config.missing(
          "hybrid_override_pattern", "a letter for each of up to 4096 layers is needed");
    }
    String key = listed.isPresent() ? "layers_block_type" : "hybrid_override_pattern";
    return kinds.stream()
        .map(
            kind ->
                switch (kind) {
                  case "*", "attention", "full_attention" -> config.full(heads);
                  case "M", "mamba", "mamba2", "linear_attention" -> config.without(heads, state);
                  case "-", "E", "mlp", "moe" -> config.without(heads, FixedState.NONE);
                  default ->
                      throw config.wrong(
                          key, "may have *, M, - and E or their names, not %s".formatted(kind));
                })
        .toList();
  }

  /** FalconH1Config: every layer attends and has a state beside. */
  static List<LayerSpec> falconH1(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int mambaHeads = positive(config, "mamba_n_heads", 128);
    int inner =
        config
            .integer("mamba_d_ssm", 1, DecoderConfig.MOST_STATE_CHANNELS)
            .orElseGet(() -> expanded(config, "mamba_expand", 2));
    config.has("mamba_expand");
    FixedState state =
        mamba2(
            config,
            mambaHeads,
            headDim(config, "mamba_d_head", inner, mambaHeads),
            positive(config, "mamba_n_groups", 1),
            positive(config, "mamba_d_state", 256),
            positive(config, "mamba_d_conv", 4));
    return EveryLayer.of(config, layer -> config.full(heads).with(FurtherCaches.state(state)));
  }

  /**
   * Zamba (ZambaConfig): shared attention over twice the hidden size, with keys and values of its
   * own at every place where it stands; every layer has a state.
   */
  static List<LayerSpec> zamba(DecoderConfig config) {
    GroupedHeads heads = doubleHeads(config);
    int period = positive(config, "attn_layer_period", 6);
    int offset = config.integer("attn_layer_offset", 0, DecoderConfig.MOST_LAYERS).orElse(4);
    FixedState state =
        mamba1(config, expanded(config, "mamba_expand", 2), "mamba_d_state", "mamba_d_conv");
    int count = config.layerCount();
    Optional<List<String>> listed = config.texts("layers_block_type");
    return EveryLayer.of(
        count,
        layer ->
            hybrid(
                config,
                heads,
                state,
                listed
                    .map(kinds -> config.oneALayer("layers_block_type", kinds, count).get(layer))
                    .map("hybrid"::equals)
                    .orElse(layer == 2 || (layer > 2 && (layer - 3) % period == offset))));
  }

  /** Zamba2Config: as Zamba, with Mamba-2; {@code layers_block_type} lists the places. */
  static List<LayerSpec> zamba2(DecoderConfig config) {
    GroupedHeads heads = doubleHeads(config);
    int mambaHeads = positive(config, "n_mamba_heads", 8);
    int inner = expanded(config, "mamba_expand", 2);
    FixedState state =
        mamba2(
            config,
            mambaHeads,
            headDim(config, "mamba_headdim", inner, mambaHeads),
            positive(config, "mamba_ngroups", 1),
            positive(config, "mamba_d_state", 64),
            positive(config, "mamba_d_conv", 4));
    int count = config.layerCount();
    Set<Integer> ids =
        new HashSet<>(config.integers("hybrid_layer_ids", 0, count - 1).orElse(List.of()));
    Optional<List<String>> listed = config.texts("layers_block_type");
    if (listed.isEmpty() && ids.isEmpty()) {
      throw config.missing("layers_block_type", "a list of mamba and hybrid is needed");
    }
    return EveryLayer.of(
        count,
        layer ->
            hybrid(
                config,
                heads,
                state,
                listed
                    .map(kinds -> config.oneALayer("layers_block_type", kinds, count).get(layer))
                    .map("hybrid"::equals)
                    .orElse(ids.contains(layer))));
  }

  /** PLaMo-2 (vLLM plamo2): one layer in {@code mamba_step} attends, the one in the middle. */
  static List<LayerSpec> plamo2(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    OptionalInt stated = config.channels("hidden_size_per_head");
    int headDim = stated.isPresent() ? stated.getAsInt() : config.headDim(queryHeads);
    GroupedHeads heads = new GroupedHeads(queryHeads, config.kvHeads(queryHeads), headDim, headDim);
    int step = positive(config, "mamba_step", 2);
    boolean enabled = config.flag("mamba_enabled", true);
    int count = config.layerCount();
    FixedState state =
        mamba2(
            config,
            positive(config, "mamba_num_heads", 64),
            headDim,
            0,
            positive(config, "mamba_d_state", 64),
            positive(config, "mamba_d_conv", 4));
    OptionalInt window = config.positions("attention_window_size");
    Optional<List<Integer>> fullLayers =
        config.integers("full_attention_idx", 0, DecoderConfig.MOST_LAYERS);
    return EveryLayer.of(
        count,
        layer -> {
          boolean attends =
              !enabled || (count <= step / 2 ? layer == count - 1 : layer % step == step / 2);
          if (!attends) {
            return config.without(heads, state);
          }
          boolean full =
              window.isEmpty() || fullLayers.map(list -> list.contains(layer)).orElse(false);
          return full ? config.full(heads) : config.sliding(heads, window.getAsInt());
        });
  }

  private static LayerSpec hybrid(
      DecoderConfig config, GroupedHeads heads, FixedState state, boolean attends) {
    return attends
        ? config.full(heads).with(FurtherCaches.state(state))
        : config.without(heads, state);
  }

  /** Heads over the hidden state and the embedding side by side. */
  private static GroupedHeads doubleHeads(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim =
        config.channels("attention_head_dim").orElse(2 * config.hiddenSize() / queryHeads);
    return new GroupedHeads(queryHeads, config.kvHeads(queryHeads), headDim, headDim);
  }

  private static FixedState hybridMamba2(
      DecoderConfig config, int defaultHeads, int defaultGroups, int defaultState) {
    int heads = positive(config, "mamba_n_heads", defaultHeads);
    int inner = expanded(config, "mamba_expand", 2);
    return mamba2(
        config,
        heads,
        headDim(config, "mamba_d_head", inner, heads),
        positive(config, "mamba_n_groups", defaultGroups),
        positive(config, "mamba_d_state", defaultState),
        positive(config, "mamba_d_conv", 4));
  }

  /** As stated, or {@code auto}: an equal share of the inner channels. */
  private static int headDim(DecoderConfig config, String key, int inner, int heads) {
    if (config.has(key) && config.document().values().get(key).isTextual()) {
      if (!config.text(key).orElseThrow().equals("auto")) {
        throw config.wrong(key, "must be an integer or auto");
      }
      return inner / heads;
    }
    return config.channels(key).orElse(inner / heads);
  }

  private static FixedState mamba1(
      DecoderConfig config, int inner, String stateKey, String kernelKey) {
    return StateShapes.mamba(
        inner,
        positive(config, stateKey, 16),
        positive(config, kernelKey, 4),
        config.numberBytes(),
        config.numberBytes(STATE_TYPES.toArray(String[]::new)));
  }

  private static FixedState mamba2(
      DecoderConfig config, int heads, int headDim, int groups, int stateSize, int kernel) {
    return StateShapes.mamba2(
        heads,
        headDim,
        groups,
        stateSize,
        kernel,
        config.numberBytes(),
        config.numberBytes(STATE_TYPES.toArray(String[]::new)));
  }

  private static int expanded(DecoderConfig config, String key, int otherwise) {
    return Math.multiplyExact(positive(config, key, otherwise), config.hiddenSize());
  }

  private static int positive(DecoderConfig config, String key, int otherwise) {
    return config.integer(key, 1, 1 << 16).orElse(otherwise);
  }

  private static final Map<String, Boolean> ATTENDS =
      Map.of(
          "attention", true,
          "full_attention", true,
          "mamba", false,
          "mamba2", false,
          "linear_attention", false);

  private static boolean isRecurrent(String kind) {
    return !ATTENDS.getOrDefault(kind, false);
  }

  private static boolean attends(
      DecoderConfig config, String key, List<String> kinds, int count, int layer) {
    String kind = config.oneALayer(key, kinds, count).get(layer);
    Boolean attends = ATTENDS.get(kind);
    if (attends == null) {
      throw config.wrong(key, "may have attention and mamba, not %s".formatted(kind));
    }
    return attends;
  }

  /** For models that have none. */
  static GroupedHeads noHeads() {
    return new GroupedHeads(1, 1, 1, 1);
  }
}
