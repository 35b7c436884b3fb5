package io.headroom.model.config;

import io.headroom.model.FixedState;
import io.headroom.model.FurtherCaches;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;

/** State space models, and those that mix them with attention. */
final class MambaHybrids {
  /** What files call layers with a state. */
  private static final List<String> RECURRENT = List.of("mamba", "mamba2", "linear_attention");

  private static final String HYBRID = "hybrid";

  private MambaHybrids() {}

  /** MambaConfig and FalconMambaConfig: states alone. */
  static List<LayerSpec> mamba(DecoderConfig config) {
    int inner =
        config
            .integer("intermediate_size", 1, DecoderConfig.MOST_STATE_CHANNELS)
            .orElseGet(() -> expanded(config, "expand", 2));
    config.has("expand");
    FixedState state = mamba1(config, inner, "state_size", "conv_kernel");
    return EveryLayer.of(config, layer -> config.without(GroupedHeads.NONE, state));
  }

  /** Mamba2Config: states alone. */
  static List<LayerSpec> mamba2(DecoderConfig config) {
    int heads = config.positive("num_heads", 128);
    int headDim = config.positive("head_dim", 64);
    config.has("expand");
    FixedState state =
        mamba2(
            config,
            heads,
            headDim,
            config.positive("n_groups", 8),
            config.positive("state_size", 128),
            config.positive("conv_kernel", 4));
    return EveryLayer.of(config, layer -> config.without(GroupedHeads.NONE, state));
  }

  /** JambaConfig: every {@code attn_layer_period}-th layer attends, from the offset on. */
  static List<LayerSpec> jamba(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    int period = config.positive("attn_layer_period", 8);
    int offset = config.integer("attn_layer_offset", 0, DecoderConfig.MOST_LAYERS).orElse(4);
    FixedState state =
        mamba1(config, expanded(config, "mamba_expand", 2), "mamba_d_state", "mamba_d_conv");
    Optional<ListedKinds> listed = ListedKinds.first(config, "layer_types");
    return EveryLayer.attending(
        config,
        heads,
        state,
        layer -> listed.map(kinds -> attends(kinds, layer)).orElse(layer % period == offset));
  }

  /** BambaConfig: {@code attn_layer_indices} attend; without, none does. */
  static List<LayerSpec> bamba(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    FixedState state = mamba2OfHybrids(config, expanded(config, "mamba_expand", 2));
    Set<Integer> attending = config.layerNumbers("attn_layer_indices").orElse(Set.of());
    return EveryLayer.attending(config, heads, state, attending::contains);
  }

  /** GraniteMoeHybridConfig: as listed; without a list no layer attends. */
  static List<LayerSpec> granite(DecoderConfig config) {
    GroupedHeads heads = config.heads();
    Optional<ListedKinds> listed = ListedKinds.first(config, "layer_types", "layers_block_type");
    boolean allAttend = listed.filter(ListedKinds::attendAll).isPresent();
    FixedState state =
        allAttend ? FixedState.NONE : mamba2OfHybrids(config, expanded(config, "mamba_expand", 2));
    return EveryLayer.attending(
        config, heads, state, layer -> listed.map(kinds -> attends(kinds, layer)).orElse(false));
  }

  /**
   * NemotronHConfig: a letter a layer, {@code *} attends, {@code M} has a state, {@code -} and
   * {@code E} have nothing; or the same as a list. The number of letters is that of the layers.
   */
  static List<LayerSpec> nemotronH(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim =
        config.channels("head_dim").orElse(config.channels("attention_head_dim").orElse(128));
    GroupedHeads heads = config.grouped(queryHeads, headDim);
    FixedState state =
        mamba2(
            config,
            config.positive("mamba_num_heads", 128),
            config.positive("mamba_head_dim", 64),
            config.integer(List.of("n_groups", "mamba_n_groups"), 1, 1 << 16).orElse(8),
            config.positive("ssm_state_size", 128),
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
    int inner =
        config
            .integer("mamba_d_ssm", 1, DecoderConfig.MOST_STATE_CHANNELS)
            .orElseGet(() -> expanded(config, "mamba_expand", 2));
    config.has("mamba_expand");
    FixedState state = mamba2OfHybrids(config, inner);
    return EveryLayer.of(config, layer -> config.full(heads).with(FurtherCaches.state(state)));
  }

  /**
   * Zamba (ZambaConfig): shared attention over twice the hidden size, with keys and values of its
   * own at every place where it stands; every layer has a state.
   */
  static List<LayerSpec> zamba(DecoderConfig config) {
    GroupedHeads heads = doubleHeads(config);
    int period = config.positive("attn_layer_period", 6);
    int offset = config.integer("attn_layer_offset", 0, DecoderConfig.MOST_LAYERS).orElse(4);
    FixedState state =
        mamba1(config, expanded(config, "mamba_expand", 2), "mamba_d_state", "mamba_d_conv");
    Optional<ListedKinds> listed = ListedKinds.first(config, "layers_block_type");
    return hybrids(
        config,
        heads,
        state,
        layer ->
            listed
                .map(kinds -> kinds.is(layer, HYBRID))
                .orElse(layer == 2 || (layer > 2 && (layer - 3) % period == offset)));
  }

  /**
   * Zamba2Config: as Zamba, with Mamba-2; {@code layers_block_type} lists the places. The class
   * works out the channels of a head of the state, whatever the file says of them. The first files
   * have other names for the sizes of the state.
   */
  static List<LayerSpec> zamba2(DecoderConfig config) {
    GroupedHeads heads = doubleHeads(config);
    int mambaHeads = config.positive("n_mamba_heads", 8);
    config.has("mamba_headdim");
    int expand = config.positive(List.of("mamba_expand", "expansion_factor"), 2);
    FixedState state =
        mamba2(
            config,
            mambaHeads,
            Math.multiplyExact(expand, config.hiddenSize()) / mambaHeads,
            config.positive("mamba_ngroups", 1),
            config.positive(List.of("mamba_d_state", "state_size"), 64),
            config.positive(List.of("mamba_d_conv", "conv_dimension"), 4));
    Set<Integer> ids = config.layerNumbers("hybrid_layer_ids").orElse(Set.of());
    Optional<ListedKinds> listed = ListedKinds.first(config, "layers_block_type");
    if (listed.isEmpty() && ids.isEmpty()) {
      throw config.missing("layers_block_type", "a list of mamba and hybrid is needed");
    }
    return hybrids(
        config,
        heads,
        state,
        layer -> listed.map(kinds -> kinds.is(layer, HYBRID)).orElse(ids.contains(layer)));
  }

  /** PLaMo-2 (vLLM plamo2): one layer in {@code mamba_step} attends, the one in the middle. */
  static List<LayerSpec> plamo2(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim = config.headDim("hidden_size_per_head", queryHeads);
    GroupedHeads heads = config.grouped(queryHeads, headDim);
    int step = config.positive("mamba_step", 2);
    boolean enabled = config.flag("mamba_enabled", true);
    int count = config.layerCount();
    FixedState state =
        mamba2(
            config,
            config.positive("mamba_num_heads", 64),
            headDim,
            0,
            config.positive("mamba_d_state", 64),
            config.positive("mamba_d_conv", 4));
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

  private static boolean attends(ListedKinds kinds, int layer) {
    return kinds.attends(layer, "attention", RECURRENT);
  }

  /** Every layer has the state, some attend besides. */
  private static List<LayerSpec> hybrids(
      DecoderConfig config, GroupedHeads heads, FixedState state, IntPredicate attends) {
    return EveryLayer.of(
        config,
        layer ->
            attends.test(layer)
                ? config.full(heads).with(FurtherCaches.state(state))
                : config.without(heads, state));
  }

  /** Heads over the hidden state and the embedding side by side. */
  private static GroupedHeads doubleHeads(DecoderConfig config) {
    int queryHeads = config.queryHeads();
    int headDim =
        config.channels("attention_head_dim").orElse(2 * config.hiddenSize() / queryHeads);
    return config.grouped(queryHeads, headDim);
  }

  /** By the names and defaults that Bamba, Granite and Falcon-H1 have in common. */
  private static FixedState mamba2OfHybrids(DecoderConfig config, int inner) {
    int heads = config.positive("mamba_n_heads", 128);
    return mamba2(
        config,
        heads,
        headDim(config, "mamba_d_head", inner, heads),
        config.positive("mamba_n_groups", 1),
        config.positive("mamba_d_state", 256),
        config.positive("mamba_d_conv", 4));
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
        config.positive(stateKey, 16),
        config.positive(kernelKey, 4),
        config.numberBytes(),
        stateBytes(config));
  }

  private static FixedState mamba2(
      DecoderConfig config, int heads, int headDim, int groups, int stateSize, int kernel) {
    return StateShapes.mamba2(
        heads, headDim, groups, stateSize, kernel, config.numberBytes(), stateBytes(config));
  }

  private static int stateBytes(DecoderConfig config) {
    return config.numberBytes("mamba_ssm_dtype", "mamba_ssm_cache_dtype");
  }

  private static int expanded(DecoderConfig config, String key, int otherwise) {
    return Math.multiplyExact(config.positive(key, otherwise), config.hiddenSize());
  }
}
