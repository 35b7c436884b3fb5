package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.OutputError;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.stream.IntStream;

/**
 * Compares a measured layer's outputs with the reference engine's on the same data, uncompressed.
 * Long sequences are compared at positions spread over prompt and output, first and last included.
 */
final class OutputVerification {
  private static final int MOST_POSITIONS = 8;

  private OutputVerification() {}

  static OutputError compare(MeasuredLayer layer, SequenceRequest request) {
    int[] positions =
        IntStream.concat(
                spread(0, request.promptTokens()),
                spread(request.promptTokens(), request.totalTokens()))
            .toArray();
    HeadTensor expected = reference(layer, positions);
    HeadTensor actual = layer.output();
    OutputError.Sum sum = new OutputError.Sum();
    for (int head = 0; head < actual.heads(); head++) {
      for (int i = 0; i < positions.length; i++) {
        sum.add(
            actual.data(),
            actual.row(head, positions[i]),
            expected.data(),
            expected.row(head, i),
            actual.dim());
      }
    }
    return sum.error();
  }

  /** At most {@link #MOST_POSITIONS} of {@code from} to {@code to}, exclusive. */
  static IntStream spread(int from, int to) {
    int count = Math.min(MOST_POSITIONS, to - from);
    return IntStream.range(0, count)
        .map(i -> count == 1 ? from : from + (int) ((long) (to - from - 1) * i / (count - 1)));
  }

  /** Memory that a comparison takes at most: the keys and values once more, exactly. */
  static EngineMemory memory(Attention attention, int tokens) {
    KvCacheSpec spec = cache(attention.shape(), tokens);
    try (ReferenceAttentionEngine reference = new ReferenceAttentionEngine()) {
      return reference
          .cacheMemory(spec)
          .plus(reference.scratchMemory(attention, spec, 2 * MOST_POSITIONS));
    }
  }

  private static KvCacheSpec cache(AttentionShape shape, int tokens) {
    return KvCacheSpec.contiguous(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), KvPrecision.F32, tokens);
  }

  private static HeadTensor reference(MeasuredLayer layer, int[] positions) {
    Attention attention = layer.attention();
    AttentionShape shape = attention.shape();
    SequenceTensors tensors = layer.tensors();
    HeadTensor queries = HeadTensor.zeros(shape.queryHeads(), positions.length, shape.headDim());
    for (int head = 0; head < shape.queryHeads(); head++) {
      for (int i = 0; i < positions.length; i++) {
        System.arraycopy(
            tensors.queries().data(),
            tensors.queries().row(head, positions[i]),
            queries.data(),
            queries.row(head, i),
            shape.headDim());
      }
    }
    HeadTensor expected = HeadTensor.zeros(shape.queryHeads(), positions.length, shape.valueDim());
    KvCacheSpec spec = cache(shape, tensors.keys().tokens());
    try (ReferenceAttentionEngine reference = new ReferenceAttentionEngine();
        KvCache cache = reference.newCache(spec)) {
      cache.append(tensors.keys(), tensors.values());
      reference.attendAt(attention, queries, positions, cache, expected);
    }
    return expected;
  }
}
