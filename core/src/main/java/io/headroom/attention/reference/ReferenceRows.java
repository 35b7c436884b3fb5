package io.headroom.attention.reference;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.OutputError;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.stream.IntStream;

/**
 * Outputs of the reference engine, on uncompressed data, for some of many queries: what a long
 * sequence is held against without computing all of it once more.
 *
 * @param tokens indexes of those queries
 * @param output {@code [queryHeads, tokens, valueDim]}
 */
public record ReferenceRows(int[] tokens, HeadTensor output) {

  /**
   * @param queries {@code [queryHeads, queries, headDim]}, the last positions of the keys
   * @param keys {@code [kvHeads, positions, headDim]}
   * @param values {@code [kvHeads, positions, valueDim]}
   * @param tokens indexes of queries, in any order
   * @throws io.headroom.attention.AttentionInterruptedException if the thread is interrupted
   */
  public static ReferenceRows compute(
      Attention attention, HeadTensor queries, HeadTensor keys, HeadTensor values, int[] tokens) {
    AttentionShape shape = attention.shape();
    int before = keys.tokens() - queries.tokens();
    int[] positions = IntStream.of(tokens).map(token -> before + token).toArray();
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), tokens.length, shape.valueDim());
    try (ReferenceAttentionEngine engine = new ReferenceAttentionEngine();
        KvCache cache = engine.newCache(cache(shape, keys.tokens()))) {
      cache.append(keys, values);
      engine.attendAt(attention, select(queries, tokens), positions, cache, output);
    }
    return new ReferenceRows(tokens, output);
  }

  /** Memory that it takes at most: the keys and values once more, exactly. */
  public static EngineMemory memory(Attention attention, int keys, int tokens) {
    KvCacheSpec spec = cache(attention.shape(), keys);
    try (ReferenceAttentionEngine engine = new ReferenceAttentionEngine()) {
      return engine.cacheMemory(spec).plus(engine.scratchMemory(attention, spec, tokens));
    }
  }

  /**
   * At most {@code most} of {@code from} to {@code to}, exclusive, the first and the last among.
   */
  public static IntStream spread(int from, int to, int most) {
    int count = Math.min(most, to - from);
    return IntStream.range(0, count)
        .map(i -> count == 1 ? from : from + (int) ((long) (to - from - 1) * i / (count - 1)));
  }

  /**
   * How far an engine's output lies from these rows.
   *
   * @param actual {@code [queryHeads, queries, valueDim]}, of all queries
   */
  public OutputError errorOf(HeadTensor actual) {
    OutputError.Sum sum = new OutputError.Sum();
    for (int head = 0; head < actual.heads(); head++) {
      for (int i = 0; i < tokens.length; i++) {
        sum.add(
            actual.data(),
            actual.row(head, tokens[i]),
            output.data(),
            output.row(head, i),
            actual.dim());
      }
    }
    return sum.error();
  }

  private static KvCacheSpec cache(AttentionShape shape, int tokens) {
    return KvCacheSpec.contiguous(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), KvPrecision.F32, tokens);
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
