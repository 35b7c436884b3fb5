package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;

/**
 * Queries, keys and values of every position of one sequence, {@code [heads, tokens, dim]} each.
 * They depend on shape, scale and seed alone: engines, precisions and masks are compared on equal
 * data.
 */
record SequenceTensors(HeadTensor queries, HeadTensor keys, HeadTensor values) {

  /**
   * Normal numbers, with queries as large as makes the scaled scores standard normal too. A model
   * whose scale is not {@code 1/sqrt(headDim)} has queries to match; with others its softmax would
   * be nearly one-hot, and no precision would look fine.
   */
  static SequenceTensors gaussian(Attention attention, int tokens, long seed) {
    AttentionShape shape = attention.shape();
    HeadTensor queries =
        SyntheticTensors.gaussian(
            shape.queryHeads(), tokens, shape.headDim(), SyntheticTensors.mix(seed, 1));
    if (attention.scale() != 0) {
      multiply(queries.data(), shape.defaultScale() / attention.scale());
    }
    return new SequenceTensors(
        queries,
        SyntheticTensors.gaussian(
            shape.kvHeads(), tokens, shape.headDim(), SyntheticTensors.mix(seed, 2)),
        SyntheticTensors.gaussian(
            shape.kvHeads(), tokens, shape.valueDim(), SyntheticTensors.mix(seed, 3)));
  }

  /** Layers that are equal but for their masks have equal data. */
  static Attention keyOf(Attention attention) {
    return new Attention(attention.shape(), AttentionMask.CAUSAL, attention.scale());
  }

  private static void multiply(float[] numbers, float factor) {
    for (int i = 0; factor != 1 && i < numbers.length; i++) {
      numbers[i] *= factor;
    }
  }
}
