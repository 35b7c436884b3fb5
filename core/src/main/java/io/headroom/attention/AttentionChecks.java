package io.headroom.attention;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;

/** The checks at the edge of every engine; kernels behind them check nothing. */
public final class AttentionChecks {
  private AttentionChecks() {}

  /** Throws what {@link AttentionEngine#attend} promises to throw. */
  public static void requireFit(
      Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    requireShapes(attention, queries, cache, output);
    requireNotEmpty(cache);
    AttentionMask mask = attention.mask();
    KvCacheSpec spec = cache.spec();
    boolean positionsMatter = mask.causal() || mask.isWindowed();
    require(
        !positionsMatter || queries.tokens() <= cache.length(),
        "%d queries cannot be the last of %d positions",
        queries.tokens(),
        cache.length());
    if (hasForgotten(cache)) {
      requireWindow(mask, spec);
      require(
          queries.tokens() <= spec.slack() + 1 + spec.window() - mask.window(),
          "the cache keeps a window of %d and %d more, too few for %d queries at once",
          spec.window(),
          spec.slack(),
          queries.tokens());
    }
  }

  /** Throws what {@link AttentionEngine#attendSlice} promises to throw. */
  public static void requireFit(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial) {
    requireShapes(attention, queries, cache, partial.output());
    requirePositions("keys", positions.firstKey(), cache.length());
    requirePositions("queries", positions.firstQuery(), queries.tokens());
    Visibility visible = Visibility.ofSlice(attention.mask(), cache.length(), positions);
    KvCacheSpec spec = cache.spec();
    boolean sees = visible.firstSeeing(queries.tokens()) < visible.endSeeing(queries.tokens());
    if (sees && hasForgotten(cache)) {
      requireWindow(visible.mask(), spec);
      boolean seesSinksOnly = visible.from(0) == visible.to(queries.tokens() - 1);
      require(
          seesSinksOnly || visible.from(0) >= (long) cache.length() - spec.window() - spec.slack(),
          "of %d positions the cache keeps a window of %d and %d more, the first query sees all from %d on",
          cache.length(),
          spec.window(),
          spec.slack(),
          visible.from(0));
    }
  }

  /**
   * Throws {@link IllegalArgumentException} if shapes do not fit together or the cache is empty,
   * wherever the queries stand.
   */
  public static void requireFitAnywhere(
      Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    requireShapes(attention, queries, cache, output);
    requireNotEmpty(cache);
  }

  private static void requireShapes(
      Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    AttentionShape shape = attention.shape();
    KvCacheSpec spec = cache.spec();
    require(
        spec.kvHeads() == shape.kvHeads()
            && spec.keyDim() == shape.headDim()
            && spec.valueDim() == shape.valueDim(),
        "the cache of %d heads with keys of %d and values of %d does not fit %s",
        spec.kvHeads(),
        spec.keyDim(),
        spec.valueDim(),
        shape);
    require(
        queries.heads() == shape.queryHeads() && queries.dim() == shape.headDim(),
        "queries of %d heads of %d do not fit %s",
        queries.heads(),
        queries.dim(),
        shape);
    require(
        output.heads() == shape.queryHeads()
            && output.dim() == shape.valueDim()
            && output.tokens() == queries.tokens(),
        "output of %d heads, %d tokens of %d does not fit %d queries of %s",
        output.heads(),
        output.tokens(),
        output.dim(),
        queries.tokens(),
        shape);
    require(output.data() != queries.data(), "output and queries must not share an array");
  }

  private static void requireNotEmpty(KvCache cache) {
    require(cache.length() > 0, "the cache is empty");
  }

  private static void requirePositions(String name, int first, int count) {
    require(
        count <= Integer.MAX_VALUE - first,
        "%d %s from position %d on end behind position %d",
        count,
        name,
        first,
        Integer.MAX_VALUE);
  }

  /** Whether there were more positions than a windowed cache must keep. */
  private static boolean hasForgotten(KvCache cache) {
    KvCacheSpec spec = cache.spec();
    return spec.isWindowed() && cache.length() > spec.tokensKept(cache.length());
  }

  private static void requireWindow(AttentionMask mask, KvCacheSpec spec) {
    require(
        mask.isWindowed() && mask.window() <= spec.window() && mask.sinks() <= spec.sinks(),
        "the cache keeps a window of %d and %d sinks, the mask sees a window of %d and %d sinks",
        spec.window(),
        spec.sinks(),
        mask.window(),
        mask.sinks());
  }

  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
