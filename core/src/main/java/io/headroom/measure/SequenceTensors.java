package io.headroom.measure;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;

/**
 * Queries, keys and values of every position of one sequence, {@code [heads, tokens, dim]} each.
 * They depend on the shape and the seed alone: engines, precisions and masks are compared on equal
 * data.
 */
record SequenceTensors(HeadTensor queries, HeadTensor keys, HeadTensor values) {

  static SequenceTensors gaussian(AttentionShape shape, int tokens, long seed) {
    return new SequenceTensors(
        SyntheticTensors.gaussian(
            shape.queryHeads(), tokens, shape.headDim(), SyntheticTensors.mix(seed, 1)),
        SyntheticTensors.gaussian(
            shape.kvHeads(), tokens, shape.headDim(), SyntheticTensors.mix(seed, 2)),
        SyntheticTensors.gaussian(
            shape.kvHeads(), tokens, shape.valueDim(), SyntheticTensors.mix(seed, 3)));
  }
}
