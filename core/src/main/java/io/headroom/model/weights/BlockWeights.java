package io.headroom.model.weights;

import static io.headroom.Rounding.roundUp;
import static io.headroom.model.weights.WeightMatrix.projection;
import static io.headroom.model.weights.WeightMatrix.vector;

import io.headroom.json.JsonDocument;
import io.headroom.model.LayerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers of models that were searched for, block by block (DeciLMDecoderLayer of
 * github.com/vllm-project/vllm, nemotron_nas.py): attention and MLP may be left out, with their
 * norm, or be one matrix, and MLPs have widths of their own.
 */
final class BlockWeights {
  private static final int WIDTH_STEP = 256;

  private final List<JsonDocument> blocks;
  private final int hiddenSize;

  private BlockWeights(List<JsonDocument> blocks, int hiddenSize) {
    this.blocks = blocks;
    this.hiddenSize = hiddenSize;
  }

  /** Empty where the configuration has no blocks. */
  static Optional<BlockWeights> of(JsonDocument config, int hiddenSize) {
    return config.objects("block_configs").map(blocks -> new BlockWeights(blocks, hiddenSize));
  }

  List<WeightMatrix> of(
      int layer, LayerSpec spec, AttentionWeights attention, ExpertWeights experts) {
    List<WeightMatrix> weights = new ArrayList<>();
    JsonDocument mixer = part(layer, "attention");
    if (isThere(mixer)) {
      weights.addAll(isOneMatrix(mixer) ? oneMatrix("self_attn") : attention.of(spec));
      weights.add(vector("input_layernorm", hiddenSize));
    }
    JsonDocument mlp = part(layer, "ffn");
    if (isThere(mlp)) {
      weights.addAll(isOneMatrix(mlp) ? oneMatrix("mlp") : experts.dense(width(mlp)));
      weights.add(vector("post_attention_layernorm", hiddenSize));
    }
    return weights;
  }

  private JsonDocument part(int layer, String name) {
    JsonDocument block = blocks.get(layer);
    return block.object(name).orElseThrow(() -> block.missing(name, "an object is needed"));
  }

  private static boolean isThere(JsonDocument part) {
    return !part.flag("no_op").orElse(false);
  }

  private static boolean isOneMatrix(JsonDocument part) {
    return part.flag("replace_with_linear").orElse(false);
  }

  private List<WeightMatrix> oneMatrix(String module) {
    return List.of(projection(module, hiddenSize, hiddenSize, false, RankSplit.NONE));
  }

  /** Two thirds of so many times the hidden size. */
  private long width(JsonDocument mlp) {
    double factor =
        mlp.positiveNumber("ffn_mult")
            .orElseThrow(() -> mlp.missing("ffn_mult", "a number above 0 is needed"));
    return roundUp((long) (2 * factor * hiddenSize / 3), WIDTH_STEP);
  }
}
