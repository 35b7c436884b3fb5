package io.headroom.model.weights;

import static io.headroom.model.weights.WeightMatrix.projection;
import static io.headroom.model.weights.WeightMatrix.vector;

import io.headroom.json.JsonDocument;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LatentHeads;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import java.util.ArrayList;
import java.util.List;

/** The projections of attention layers, with their norms. */
final class AttentionWeights {
  private static final int MOST_CHANNELS = 1 << 20;
  private static final String MODULE = "self_attn.";

  private final JsonDocument config;
  private final WeightFamily family;
  private final int hiddenSize;

  AttentionWeights(JsonDocument config, WeightFamily family, int hiddenSize) {
    this.config = config;
    this.family = family;
    this.hiddenSize = hiddenSize;
  }

  List<WeightMatrix> of(LayerSpec layer) {
    if (layer.heads() instanceof LatentHeads latent) {
      return latent(latent);
    }
    return grouped((GroupedHeads) layer.heads(), layer.kind());
  }

  private List<WeightMatrix> grouped(GroupedHeads heads, LayerKind kind) {
    boolean biased = family.has("query_bias", config);
    int queries = heads.queryHeads();
    int keys = heads.kvHeads();
    int gates = family.has("output_gate", config) ? 2 : 1;
    List<WeightMatrix> weights = new ArrayList<>();
    weights.add(
        projection(
            MODULE + "q_proj",
            (long) gates * queries * heads.headDim(),
            hiddenSize,
            biased,
            RankSplit.outputs(queries)));
    weights.add(
        projection(
            MODULE + "k_proj",
            (long) keys * heads.headDim(),
            hiddenSize,
            biased,
            RankSplit.outputs(keys)));
    if (!valuesAreKeys(kind)) {
      weights.add(
          projection(
              MODULE + "v_proj",
              (long) keys * heads.valueDim(),
              hiddenSize,
              biased,
              RankSplit.outputs(keys)));
    }
    weights.add(output(queries, heads.valueDim(), family.has("output_bias", config)));
    switch (family.queryNorm(config)) {
      case NONE -> {}
      case OF_A_HEAD -> {
        weights.add(vector(MODULE + "q_norm", heads.headDim()));
        weights.add(vector(MODULE + "k_norm", heads.headDim()));
      }
      case OF_ALL_HEADS -> {
        weights.add(
            vector(
                MODULE + "q_norm", (long) queries * heads.headDim(), RankSplit.outputs(queries)));
        weights.add(
            vector(MODULE + "k_norm", (long) keys * heads.headDim(), RankSplit.outputs(keys)));
      }
    }
    if (family.flag("sinks", false)) {
      weights.add(vector(MODULE + "sinks", queries, RankSplit.outputs(queries)));
    }
    return weights;
  }

  private WeightMatrix output(int queryHeads, int valueDim, boolean biased) {
    return projection(
        MODULE + "o_proj",
        hiddenSize,
        (long) queryHeads * valueDim,
        biased,
        RankSplit.inputs(queryHeads));
  }

  /** Gemma-4: full layers may use their keys as values. */
  private boolean valuesAreKeys(LayerKind kind) {
    return kind == LayerKind.FULL && config.flag("attention_k_eq_v").orElse(false);
  }

  /** DeepSeek-V2 (arXiv 2405.04434, appendix C), and the indexer of V3.2 where there is one. */
  private List<WeightMatrix> latent(LatentHeads heads) {
    int queries = heads.queryHeads();
    long keyDim = (long) heads.plainDim() + heads.rotaryDim();
    int queryRank = config.integer("q_lora_rank", 0, MOST_CHANNELS).orElse(0);
    boolean biased = config.flag("attention_bias").orElse(false);
    List<WeightMatrix> weights = new ArrayList<>();
    if (queryRank == 0) {
      weights.add(
          projection(
              MODULE + "q_proj", queries * keyDim, hiddenSize, false, RankSplit.outputs(queries)));
    } else {
      weights.add(projection(MODULE + "q_a_proj", queryRank, hiddenSize, biased, RankSplit.NONE));
      weights.add(vector(MODULE + "q_a_layernorm", queryRank));
      weights.add(
          projection(
              MODULE + "q_b_proj", queries * keyDim, queryRank, false, RankSplit.outputs(queries)));
    }
    weights.add(
        projection(
            MODULE + "kv_a_proj_with_mqa", heads.rowDim(), hiddenSize, biased, RankSplit.NONE));
    weights.add(vector(MODULE + "kv_a_layernorm", heads.latentDim()));
    weights.add(
        projection(
            MODULE + "kv_b_proj",
            (long) queries * (heads.plainDim() + heads.valueDim()),
            heads.latentDim(),
            false,
            RankSplit.outputs(queries)));
    weights.add(output(queries, heads.valueDim(), biased));
    int indexHeads = config.integer("index_n_heads", 0, MOST_CHANNELS).orElse(0);
    if (indexHeads > 0) {
      weights.addAll(indexer(indexHeads, queryRank));
    }
    return weights;
  }

  private List<WeightMatrix> indexer(int heads, int queryRank) {
    int headDim =
        config
            .integer("index_head_dim", 1, MOST_CHANNELS)
            .orElseThrow(() -> config.missing("index_head_dim", "an integer is needed"));
    String indexer = MODULE + "indexer.";
    return List.of(
        projection(indexer + "wq_b", (long) heads * headDim, queryRank, false, RankSplit.NONE),
        projection(indexer + "wk", headDim, hiddenSize, false, RankSplit.NONE),
        vector(indexer + "k_norm", 2L * headDim),
        new WeightMatrix(
            indexer + "weights_proj",
            WeightRole.OTHER,
            1,
            heads,
            hiddenSize,
            false,
            RankSplit.NONE));
  }
}
