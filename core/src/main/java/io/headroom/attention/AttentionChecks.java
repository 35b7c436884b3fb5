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
    AttentionMask mask = attention.mask();
    KvCacheSpec spec = cache.spec();
    boolean positionsMatter = mask.causal() || mask.isWindowed();
    require(
        !positionsMatter || queries.tokens() <= cache.length(),
        "%d queries cannot be the last of %d positions",
        queries.tokens(),
        cache.length());
    if (spec.isWindowed() && cache.length() > spec.window() + spec.sinks()) {
      require(
          mask.isWindowed() && mask.window() <= spec.window() && mask.sinks() <= spec.sinks(),
          "the cache keeps a window of %d and %d sinks, the mask sees a window of %d and %d sinks",
          spec.window(),
          spec.sinks(),
          mask.window(),
          mask.sinks());
      require(
          queries.tokens() <= spec.slack() + 1 + spec.window() - mask.window(),
          "the cache keeps a window of %d and %d more, too few for %d queries at once",
          spec.window(),
          spec.slack(),
          queries.tokens());
    }
  }

  /**
   * Throws {@link IllegalArgumentException} if shapes do not fit together or the cache is empty,
   * wherever the queries stand.
   */
  public static void requireShapes(
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
    require(cache.length() > 0, "the cache is empty");
  }

  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
