package io.headroom.peers;

import io.headroom.attention.AttentionShape;
import io.headroom.attention.OutputError;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.stream.IntStream;

/**
 * Outputs of the reference engine, in double precision on uncompressed data, for the queries at
 * {@code tokens}: the first, the last and some between.
 */
record ReferenceRows(int[] tokens, HeadTensor output) {
  private static final int MOST_TOKENS = 9;

  static ReferenceRows compute(Workload workload, BenchmarkData data) {
    AttentionShape shape = workload.shape();
    int[] tokens = spread(workload.queries());
    int[] positions = IntStream.of(tokens).map(token -> workload.cachedKeys() + token).toArray();
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), tokens.length, shape.valueDim());
    KvCacheSpec spec =
        KvCacheSpec.contiguous(
            shape.kvHeads(), shape.headDim(), shape.valueDim(), KvPrecision.F32, workload.keys());
    try (ReferenceAttentionEngine engine = new ReferenceAttentionEngine();
        KvCache cache = engine.newCache(spec)) {
      cache.append(data.keys(), data.values());
      engine.attendAt(
          workload.attention(), select(data.queries(), tokens), positions, cache, output);
    }
    return new ReferenceRows(tokens, output);
  }

  /** How far an engine's output of all queries lies from these rows. */
  double relativeErrorOf(HeadTensor actual) {
    return OutputError.between(select(actual, tokens).data(), output.data()).relativeL2();
  }

  private static int[] spread(int count) {
    int most = Math.min(MOST_TOKENS, count);
    return IntStream.range(0, most)
        .map(i -> most == 1 ? 0 : (int) ((long) (count - 1) * i / (most - 1)))
        .toArray();
  }

  private static HeadTensor select(HeadTensor tensor, int[] tokens) {
    HeadTensor selected = HeadTensor.zeros(tensor.heads(), tokens.length, tensor.dim());
    for (int head = 0; head < tensor.heads(); head++) {
      for (int i = 0; i < tokens.length; i++) {
        System.arraycopy(
            tensor.data(),
            tensor.row(head, tokens[i]),
            selected.data(),
            selected.row(head, i),
            tensor.dim());
      }
    }
    return selected;
  }
}
