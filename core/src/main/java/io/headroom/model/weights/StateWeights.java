package io.headroom.model.weights;

import static io.headroom.model.weights.WeightMatrix.projection;
import static io.headroom.model.weights.WeightMatrix.vector;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import java.util.List;

/** The projections, convolutions and recurrences of layers with a state in the place of a cache. */
final class StateWeights {
  private static final int MOST_CHANNELS = 1 << 24;
  private static final String DELTA = "linear_attn.";
  private static final String MAMBA = "mamba.";

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
    long heads = required(config, "mamba_n_heads");
    long stateSize = required(config, "mamba_d_state");
    long groups = config.integer("mamba_n_groups", 1, MOST_CHANNELS).orElse(1);
    long channels = config.integer("mamba_expand", 1, 64).orElse(2) * (long) hiddenSize;
    long kernel = required(config, "mamba_d_conv");
    boolean convBiased = config.flag("mamba_conv_bias").orElse(true);
    boolean biased = config.flag("mamba_proj_bias").orElse(false);
    long convolved = channels + 2 * groups * stateSize;
    RankSplit byHead = RankSplit.outputs(heads);
    return List.of(
        projection(
            MAMBA + "in_proj",
            channels + convolved + heads,
            hiddenSize,
            biased,
            RankSplit.outputs(1)),
        vector(MAMBA + "conv1d", convolved * kernel + (convBiased ? convolved : 0)),
        vector(MAMBA + "dt_bias", heads, byHead),
        vector(MAMBA + "A_log", heads, byHead),
        vector(MAMBA + "D", heads, byHead),
        vector(MAMBA + "norm", channels, byHead),
        projection(MAMBA + "out_proj", hiddenSize, channels, biased, RankSplit.inputs(heads)));
  }

  private static long required(JsonDocument config, String key) {
    return config
        .integer(key, 1, MOST_CHANNELS)
        .orElseThrow(() -> config.missing(key, "an integer is needed for weights to be counted"));
  }
}
