package io.headroom.model.weights;

import static io.headroom.model.weights.WeightMatrix.projection;
import static io.headroom.model.weights.WeightMatrix.vector;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import java.util.ArrayList;
import java.util.List;

/** The projections, convolutions and recurrences of layers with a state. */
final class StateWeights {
  private static final int MOST_CHANNELS = 1 << 24;
  private static final String DELTA = "linear_attn.";
  private static final String MAMBA = "mamba.";
  private static final String RECURRENCE = "temporal_block.";

  private StateWeights() {}

  /**
   * @throws UserException if those of the type are not known
   */
  static List<WeightMatrix> of(String type, JsonDocument config, int hiddenSize) {
    return switch (type) {
      case "qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text" ->
          gatedDelta(config, hiddenSize);
      case "lfm2", "lfm2_moe" -> shortConvolution(config, hiddenSize);
      case "bamba", "granitemoehybrid" -> mamba2(config, hiddenSize);
      case "nemotron_h" -> nemotron(config, hiddenSize);
      case "jamba" -> jamba(config, hiddenSize);
      case "falcon_mamba" -> falconMamba(config, hiddenSize);
      case "kimi_linear" -> kimiDelta(config, hiddenSize);
      case "falcon_h1" -> falconH1(config, hiddenSize);
      case "minimax_text_01", "minimax_m1" -> lightning(config, hiddenSize);
      case "recurrent_gemma" -> gatedRecurrence(config, hiddenSize);
      default ->
          throw new UserException(
              "%s: the weights of layers with a state in model_type \"%s\" are not known"
                  .formatted(config.file(), type));
    };
  }

  /** Qwen3NextGatedDeltaNet of modeling_qwen3_next.py. */
  private static List<WeightMatrix> gatedDelta(JsonDocument config, int hiddenSize) {
    long keyHeads = required(config, "linear_num_key_heads");
    long valueHeads = required(config, "linear_num_value_heads");
    long keys = keyHeads * required(config, "linear_key_head_dim");
    long valueDim = required(config, "linear_value_head_dim");
    long values = valueHeads * valueDim;
    long kernel = required(config, "linear_conv_kernel_dim");
    RankSplit byKeyHead = RankSplit.outputs(keyHeads);
    RankSplit byValueHead = RankSplit.outputs(valueHeads);
    return List.of(
        projection(DELTA + "in_proj_qkvz", 2 * keys + 2 * values, hiddenSize, false, byKeyHead),
        projection(DELTA + "in_proj_ba", 2 * valueHeads, hiddenSize, false, byValueHead),
        vector(DELTA + "conv1d", (2 * keys + values) * kernel, byKeyHead),
        vector(DELTA + "dt_bias", valueHeads, byValueHead),
        vector(DELTA + "A_log", valueHeads, byValueHead),
        vector(DELTA + "norm", valueDim),
        projection(DELTA + "out_proj", hiddenSize, values, false, RankSplit.inputs(valueHeads)));
  }

  /** Lfm2ShortConv of modeling_lfm2.py. */
  private static List<WeightMatrix> shortConvolution(JsonDocument config, int hiddenSize) {
    long kernel = required(config, "conv_L_cache");
    boolean biased = config.flag("conv_bias").orElse(false);
    RankSplit byChannel = RankSplit.outputs(hiddenSize);
    return List.of(
        projection("conv.in_proj", 3L * hiddenSize, hiddenSize, biased, byChannel),
        vector("conv.conv", hiddenSize * kernel + (biased ? hiddenSize : 0), byChannel),
        projection("conv.out_proj", hiddenSize, hiddenSize, biased, RankSplit.inputs(hiddenSize)));
  }

  /** BambaMixer of modeling_bamba.py, GraniteMoeHybridMambaLayer is the same. */
  private static List<WeightMatrix> mamba2(JsonDocument config, int hiddenSize) {
    return mamba2(
        config,
        hiddenSize,
        required(config, "mamba_n_heads"),
        config.integer("mamba_expand", 1, 64).orElse(2) * (long) hiddenSize,
        config.integer("mamba_n_groups", 1, MOST_CHANNELS).orElse(1)
            * required(config, "mamba_d_state"),
        required(config, "mamba_d_conv"),
        true);
  }

  /** FalconH1Mixer of modeling_falcon_h1.py: of a width of its own, and often without a norm. */
  private static List<WeightMatrix> falconH1(JsonDocument config, int hiddenSize) {
    return mamba2(
        config,
        hiddenSize,
        required(config, "mamba_n_heads"),
        config
            .integer("mamba_d_ssm", 1, MOST_CHANNELS)
            .orElseGet(() -> config.integer("mamba_expand", 1, 64).orElse(2) * hiddenSize),
        config.integer("mamba_n_groups", 1, MOST_CHANNELS).orElse(1)
            * required(config, "mamba_d_state"),
        required(config, "mamba_d_conv"),
        config.flag("mamba_rms_norm").orElse(false));
  }

  /** NemotronHMamba2Mixer of modeling_nemotron_h.py. */
  private static List<WeightMatrix> nemotron(JsonDocument config, int hiddenSize) {
    long heads = required(config, "mamba_num_heads");
    return mamba2(
        config,
        hiddenSize,
        heads,
        heads * required(config, "mamba_head_dim"),
        required(config, "n_groups") * required(config, "ssm_state_size"),
        required(config, "conv_kernel"),
        true);
  }

  /**
   * @param channels of all heads
   * @param groupStates state channels of all groups
   * @param normed whether what is put out is normed
   */
  private static List<WeightMatrix> mamba2(
      JsonDocument config,
      int hiddenSize,
      long heads,
      long channels,
      long groupStates,
      long kernel,
      boolean normed) {
    boolean convBiased =
        config.flag("mamba_conv_bias").or(() -> config.flag("use_conv_bias")).orElse(true);
    boolean biased = config.flag("mamba_proj_bias").orElse(false);
    long convolved = channels + 2 * groupStates;
    RankSplit byHead = RankSplit.outputs(heads);
    List<WeightMatrix> weights = new ArrayList<>();
    weights.add(
        projection(
            MAMBA + "in_proj",
            channels + convolved + heads,
            hiddenSize,
            biased,
            RankSplit.outputs(channels + convolved + heads)));
    weights.add(
        vector(
            MAMBA + "conv1d",
            convolved * kernel + (convBiased ? convolved : 0),
            RankSplit.outputs(convolved)));
    weights.add(vector(MAMBA + "dt_bias", heads, byHead));
    weights.add(vector(MAMBA + "A_log", heads, byHead));
    weights.add(vector(MAMBA + "D", heads, byHead));
    if (normed) {
      weights.add(vector(MAMBA + "norm", channels, byHead));
    }
    weights.add(
        projection(MAMBA + "out_proj", hiddenSize, channels, biased, RankSplit.inputs(heads)));
    return weights;
  }

  /** JambaMambaMixer of modeling_jamba.py: Mamba with norms of its steps and states. */
  private static List<WeightMatrix> jamba(JsonDocument config, int hiddenSize) {
    long stateSize = required(config, "mamba_d_state");
    long rank = stepRank(config, "mamba_dt_rank", hiddenSize);
    List<WeightMatrix> weights =
        new ArrayList<>(
            mamba(
                hiddenSize,
                required(config, "mamba_expand") * hiddenSize,
                stateSize,
                required(config, "mamba_d_conv"),
                rank));
    weights.add(vector(MAMBA + "layernorms", rank + 2 * stateSize));
    return weights;
  }

  /** FalconMambaMixer of modeling_falcon_mamba.py, whose norms have no weights. */
  private static List<WeightMatrix> falconMamba(JsonDocument config, int hiddenSize) {
    return mamba(
        hiddenSize,
        required(config, "intermediate_size"),
        required(config, "state_size"),
        required(config, "conv_kernel"),
        stepRank(config, "time_step_rank", hiddenSize));
  }

  /** A number, or for "auto" a sixteenth of the hidden channels. */
  private static long stepRank(JsonDocument config, String key, int hiddenSize) {
    boolean stated = config.has(key) && config.values().get(key).isNumber();
    return stated ? required(config, key) : (hiddenSize + 15) / 16;
  }

  private static List<WeightMatrix> mamba(
      int hiddenSize, long channels, long stateSize, long kernel, long rank) {
    RankSplit byChannel = RankSplit.outputs(channels);
    return List.of(
        projection(MAMBA + "in_proj", 2 * channels, hiddenSize, false, byChannel),
        vector(MAMBA + "conv1d", channels * (kernel + 1), byChannel),
        projection(
            MAMBA + "x_proj", rank + 2 * stateSize, channels, false, RankSplit.inputs(channels)),
        projection(MAMBA + "dt_proj", channels, rank, true, byChannel),
        vector(MAMBA + "A_log", channels * stateSize, byChannel),
        vector(MAMBA + "D", channels, byChannel),
        projection(MAMBA + "out_proj", hiddenSize, channels, false, RankSplit.inputs(channels)));
  }

  /** KimiDeltaAttention of modeling_kimi.py beside the checkpoint. */
  private static List<WeightMatrix> kimiDelta(JsonDocument whole, int hiddenSize) {
    JsonDocument config =
        whole
            .object("linear_attn_config")
            .orElseThrow(() -> whole.missing("linear_attn_config", "an object is needed"));
    long heads = required(config, "num_heads");
    long headDim = required(config, "head_dim");
    long kernel = required(config, "short_conv_kernel_size");
    long channels = heads * headDim;
    RankSplit byHead = RankSplit.outputs(heads);
    return List.of(
        projection(DELTA + "q_proj", channels, hiddenSize, false, byHead),
        projection(DELTA + "k_proj", channels, hiddenSize, false, byHead),
        projection(DELTA + "v_proj", channels, hiddenSize, false, byHead),
        vector(DELTA + "conv1d", 3 * channels * kernel, byHead),
        projection(DELTA + "f_a_proj", headDim, hiddenSize, false, RankSplit.NONE),
        projection(DELTA + "f_b_proj", channels, headDim, false, byHead),
        projection(DELTA + "g_a_proj", headDim, hiddenSize, false, RankSplit.NONE),
        projection(DELTA + "g_b_proj", channels, headDim, false, byHead),
        projection(DELTA + "b_proj", heads, hiddenSize, false, byHead),
        vector(DELTA + "A_log", heads, byHead),
        vector(DELTA + "dt_bias", channels, byHead),
        vector(DELTA + "o_norm", headDim),
        projection(DELTA + "o_proj", hiddenSize, channels, false, RankSplit.inputs(heads)));
  }

  /** MiniMaxText01LightningAttention of modeling_minimax_text_01.py beside the checkpoint. */
  private static List<WeightMatrix> lightning(JsonDocument config, int hiddenSize) {
    long heads = required(config, "num_attention_heads");
    long channels = heads * required(config, "head_dim");
    RankSplit byHead = RankSplit.outputs(heads);
    return List.of(
        projection(DELTA + "qkv_proj", 3 * channels, hiddenSize, false, byHead),
        projection(DELTA + "output_gate", channels, hiddenSize, false, byHead),
        vector(DELTA + "norm", channels, byHead),
        projection(DELTA + "out_proj", hiddenSize, channels, false, RankSplit.inputs(heads)));
  }

  /** RecurrentGemmaRecurrentBlock of modeling_recurrent_gemma.py: gates are of a head each. */
  private static List<WeightMatrix> gatedRecurrence(JsonDocument config, int hiddenSize) {
    long channels = required(config, "lru_width");
    long heads = required(config, "num_attention_heads");
    long ofAHead = channels / heads;
    RankSplit byHead = RankSplit.outputs(heads);
    return List.of(
        projection(RECURRENCE + "linear_y", channels, hiddenSize, true, byHead),
        projection(RECURRENCE + "linear_x", channels, hiddenSize, true, byHead),
        vector(RECURRENCE + "conv_1d", channels * (required(config, "conv1d_width") + 1), byHead),
        vector(RECURRENCE + "gates", 2 * (heads * ofAHead * ofAHead + channels), byHead),
        vector(RECURRENCE + "recurrent_param", channels, byHead),
        projection(RECURRENCE + "linear_out", hiddenSize, channels, true, RankSplit.inputs(heads)));
  }

  private static long required(JsonDocument config, String key) {
    return config
        .integer(key, 1, MOST_CHANNELS)
        .orElseThrow(() -> config.missing(key, "an integer is needed for weights to be counted"));
  }
}
