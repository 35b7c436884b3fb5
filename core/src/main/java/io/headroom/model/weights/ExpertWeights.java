package io.headroom.model.weights;

import static io.headroom.Rounding.roundUp;
import static io.headroom.model.weights.WeightMatrix.projection;
import static io.headroom.model.weights.WeightMatrix.vector;

import io.headroom.json.JsonDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The MLP of a layer: dense, or experts with their router. */
final class ExpertWeights {
  private static final int MOST_EXPERTS = 1 << 16;
  private static final int MOST_WIDTH = 1 << 24;
  private static final int MOST_LAYERS = 1 << 12;

  private static final List<String> EXPERTS =
      List.of("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts");
  private static final List<String> SHARED_EXPERTS =
      List.of(
          "n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert");
  private static final List<String> PER_TOKEN =
      List.of("num_experts_per_tok", "top_k_experts", "moe_top_k", "moe_k", "moe_topk");
  private static final List<String> SHARED_WIDTH =
      List.of(
          "shared_expert_intermediate_size",
          "shared_intermediate_size",
          "moe_shared_expert_intermediate_size");
  private static final List<String> DENSE_WIDTH =
      List.of(
          "block_ff_dim",
          "intermediate_size",
          "ffn_hidden_size",
          "n_inner",
          "ffn_dim",
          "shared_intermediate_size");

  /** The first layers that have one MLP for all tokens. */
  private static final List<String> FIRST_DENSE =
      List.of("first_k_dense_replace", "moe_layer_start_index", "num_dense_layers");

  /** Of each so many layers the last has experts. */
  private static final List<String> STEP_TO_LAST =
      List.of("decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval");

  private final JsonDocument config;
  private final WeightFamily family;
  private final int hiddenSize;

  ExpertWeights(JsonDocument config, WeightFamily family, int hiddenSize) {
    this.config = config;
    this.family = family;
    this.hiddenSize = hiddenSize;
  }

  List<WeightMatrix> of(int layer) {
    if (!hasExperts(layer)) {
      return dense();
    }
    List<WeightMatrix> weights = new ArrayList<>(experts());
    if (family.flag("dense_beside_experts", false)) {
      weights.addAll(besideExperts());
    }
    return weights;
  }

  List<WeightMatrix> dense() {
    return mlp("mlp.", denseWidth());
  }

  /** Gemma-4: every token also goes through an MLP, with norms and scales of its own. */
  private List<WeightMatrix> besideExperts() {
    List<WeightMatrix> weights = new ArrayList<>(dense());
    weights.add(vector("mlp.layernorms", 3L * hiddenSize));
    weights.add(vector("router.scale", hiddenSize));
    weights.add(vector("router.per_expert_scale", expertCount()));
    return weights;
  }

  /** Whether a model has experts at all: what is left to choose from is more than one. */
  private boolean hasExperts() {
    boolean none = LayerParts.of(config).map(parts -> !parts.haveExperts()).orElse(false);
    return family.flag("experts", false) && !none && expertCount() > 1;
  }

  /** Experts to which a token is sent; 1 where that is not stated, 0 without experts. */
  int perToken() {
    if (!hasExperts()) {
      return 0;
    }
    JsonDocument experts = expertConfig();
    return PER_TOKEN.stream()
        .filter(key -> experts.has(key) && experts.values().get(key).isNumber())
        .findFirst()
        .map(key -> experts.integer(key, 1, MOST_EXPERTS).getAsInt())
        .orElse(1);
  }

  private boolean hasExperts(int layer) {
    if (!hasExperts()
        || layer < config.integer(FIRST_DENSE, 0, MOST_LAYERS).orElse(0)
        || config.integers("mlp_only_layers", 0, MOST_LAYERS).orElse(List.of()).contains(layer)) {
      return false;
    }
    if (config.has("moe_layers") && config.values().get("moe_layers").isArray()) {
      return Set.copyOf(config.integers("moe_layers", 0, MOST_LAYERS).orElseThrow())
          .contains(layer);
    }
    if (config.has("expert_layer_period")) {
      int period = config.integer("expert_layer_period", 1, MOST_LAYERS).getAsInt();
      int offset = config.integer("expert_layer_offset", 0, MOST_LAYERS).orElse(1);
      return layer % period == offset;
    }
    int toLast = config.integer(STEP_TO_LAST, 1, MOST_LAYERS).orElse(1);
    return (layer + 1) % toLast == 0
        && layer % config.integer("moe_layer_freq", 1, MOST_LAYERS).orElse(1) == 0;
  }

  private JsonDocument expertConfig() {
    return config.object("ffn_config").orElse(config);
  }

  private int expertCount() {
    JsonDocument experts = expertConfig();
    boolean stated = EXPERTS.stream().anyMatch(key -> experts.values().has(key));
    if (!stated) {
      throw experts.missing(EXPERTS.get(0), "an integer is needed for weights to be counted");
    }
    return experts.integer(EXPERTS, 0, MOST_EXPERTS).orElse(0);
  }

  List<WeightMatrix> experts() {
    int count = expertCount();
    long width = expertWidth();
    boolean biased = family.flag("expert_bias", false);
    List<WeightMatrix> weights = new ArrayList<>();
    weights.add(
        new WeightMatrix(
            "mlp.gate",
            WeightRole.ROUTER,
            1,
            count,
            hiddenSize,
            family.flag("router_bias", false),
            RankSplit.NONE));
    if (family.flag("expert_correction", false)) {
      weights.add(vector("mlp.gate.e_score_correction_bias", count));
    }
    RankSplit outputs = RankSplit.outputs(width);
    int latent = config.integer("moe_latent_size", 1, MOST_WIDTH).orElse(hiddenSize);
    if (config.has("moe_latent_size")) {
      weights.addAll(latentProjections(latent));
    }
    if (family.isGated()) {
      weights.add(expert("gate_proj", count, width, latent, biased, outputs));
    }
    weights.add(expert("up_proj", count, width, latent, biased, outputs));
    weights.add(expert("down_proj", count, latent, width, biased, RankSplit.inputs(width)));
    long shared = sharedWidth(width);
    if (shared > 0) {
      weights.addAll(mlp("mlp.shared_experts.", shared));
      if (family.flag("shared_gate", false)) {
        weights.add(
            new WeightMatrix(
                "mlp.shared_expert_gate",
                WeightRole.ROUTER,
                1,
                1,
                hiddenSize,
                false,
                RankSplit.NONE));
      }
    }
    return weights;
  }

  /** Nemotron-3: all experts work on one narrower projection of a token (NemotronHMoE). */
  private List<WeightMatrix> latentProjections(int latent) {
    boolean biased = family.has("mlp_bias", config);
    return List.of(
        projection("mlp.fc1_latent_proj", latent, hiddenSize, biased, RankSplit.NONE),
        projection("mlp.fc2_latent_proj", hiddenSize, latent, biased, RankSplit.NONE));
  }

  private static WeightMatrix expert(
      String module, int count, long outputs, long inputs, boolean biased, RankSplit split) {
    return new WeightMatrix(
        "mlp.experts." + module, WeightRole.EXPERT, count, outputs, inputs, biased, split);
  }

  private long expertWidth() {
    JsonDocument experts = expertConfig();
    for (String key : List.of("moe_intermediate_size", "ffn_hidden_size")) {
      if (experts.has(key)) {
        return positive(experts, key);
      }
    }
    return denseWidth("intermediate_size");
  }

  /** A number, or of a list with one a layer the first where all are equal. */
  private static long positive(JsonDocument document, String key) {
    if (document.values().get(key).isArray()) {
      List<Integer> values = document.integers(key, 1, MOST_WIDTH).orElseThrow();
      if (values.stream().distinct().count() != 1) {
        throw document.wrong(key, "must be the same in every layer for weights to be counted");
      }
      return values.get(0);
    }
    return document.integer(key, 1, MOST_WIDTH).getAsInt();
  }

  private long sharedWidth(long expertWidth) {
    int stated = config.integer(SHARED_WIDTH, 0, MOST_WIDTH).orElse(0);
    if (stated > 0) {
      return stated;
    }
    if (config.has("interleave_moe_layer_step")) {
      return expertWidth;
    }
    for (String key : SHARED_EXPERTS) {
      if (config.has(key)) {
        return expertWidth
            * (config.values().get(key).isArray()
                ? positive(config, key)
                : config.integer(key, 0, MOST_EXPERTS).getAsInt());
      }
    }
    return 0;
  }

  private long denseWidth() {
    if (config.has("intermediate_size_mlp") && hasExperts()) {
      return positive(config, "intermediate_size_mlp");
    }
    for (String key : DENSE_WIDTH) {
      if (config.has(key)) {
        return denseWidth(key);
      }
    }
    return family.widthOfHidden().stream()
        .mapToLong(factor -> (long) factor * hiddenSize)
        .findFirst()
        .orElseThrow(
            () ->
                config.missing(
                    "intermediate_size", "an integer is needed for weights to be counted"));
  }

  private long denseWidth(String key) {
    if (!config.has(key)) {
      throw config.missing(key, "an integer is needed for weights to be counted");
    }
    long width = positive(config, key);
    return family.flag("half_width", false) ? width / 2 : adjusted(width);
  }

  /** LFM2 states what its width is computed from (Lfm2MLP). */
  private long adjusted(long width) {
    if (!config.flag("block_auto_adjust_ff_dim").orElse(false)) {
      return width;
    }
    long step = config.integer("block_multiple_of", 1, MOST_WIDTH).orElse(256);
    double factor = config.positiveNumber("block_ffn_dim_multiplier").orElse(1);
    long twoThirds = 2 * width / 3;
    long wanted = (long) (factor * twoThirds);
    return roundUp(wanted, step);
  }

  /** An MLP of another width than the configuration states for all layers. */
  List<WeightMatrix> dense(long width) {
    return mlp("mlp.", width);
  }

  private List<WeightMatrix> mlp(String module, long width) {
    boolean biased = family.has("mlp_bias", config);
    RankSplit outputs = RankSplit.outputs(width);
    List<WeightMatrix> weights = new ArrayList<>();
    if (family.isGated()) {
      weights.add(projection(module + "gate_proj", width, hiddenSize, biased, outputs));
    }
    weights.add(projection(module + "up_proj", width, hiddenSize, biased, outputs));
    weights.add(
        projection(module + "down_proj", hiddenSize, width, biased, RankSplit.inputs(width)));
    return weights;
  }
}
