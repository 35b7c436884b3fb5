package io.headroom.attention;

/**
 * The head layout of one attention layer. Query head {@code h} reads KV head {@code h /
 * groupSize()} (GQA, arXiv 2305.13245).
 *
 * @param queryHeads query heads
 * @param kvHeads KV heads; divides the query heads: equal is MHA, 1 is MQA, between is GQA
 * @param headDim channels of a query and of a key
 * @param valueDim channels of a value and of an output row
 */
public record AttentionShape(int queryHeads, int kvHeads, int headDim, int valueDim) {

  public AttentionShape {
    if (queryHeads < 1 || kvHeads < 1 || headDim < 1 || valueDim < 1) {
      throw new IllegalArgumentException(
          "heads and dimensions must be at least 1: query heads %d, KV heads %d, head dim %d, value dim %d"
              .formatted(queryHeads, kvHeads, headDim, valueDim));
    }
    if (queryHeads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "KV heads must divide the %d query heads: %d".formatted(queryHeads, kvHeads));
    }
  }

  public AttentionShape(int queryHeads, int kvHeads, int headDim) {
    this(queryHeads, kvHeads, headDim, headDim);
  }

  /** Query heads that share one KV head. */
  public int groupSize() {
    return queryHeads / kvHeads;
  }

  /** 1/sqrt(headDim), the scale of "Attention is all you need" (arXiv 1706.03762). */
  public float defaultScale() {
    return (float) (1 / Math.sqrt(headDim));
  }
}
