package io.headroom.kvcache;

/** The checks at the edge of every cache; what lies behind them checks nothing. */
public final class KvCacheChecks {
  private KvCacheChecks() {}

  /** Throws what {@link KvCache#append} promises to throw. */
  public static void requireAppendable(KvCache cache, HeadTensor keys, HeadTensor values) {
    KvCacheSpec spec = cache.spec();
    requireRows("keys", keys, spec.kvHeads(), spec.keyDim());
    requireRows("values", values, spec.kvHeads(), spec.valueDim());
    if (keys.tokens() != values.tokens()) {
      throw new IllegalArgumentException(
          "keys of %d tokens and values of %d do not fit together"
              .formatted(keys.tokens(), values.tokens()));
    }
    if (keys.tokens() > spec.capacity() - cache.length()) {
      throw new KvCapacityException(cache.length(), keys.tokens(), spec.capacity());
    }
  }

  /**
   * Throws what {@link KvCache#truncate} promises to throw of a length outside the cache; whether a
   * window is still whole only the cache itself knows.
   */
  public static void requireLength(KvCache cache, int length) {
    if (length < 0 || length > cache.length()) {
      throw new IllegalArgumentException(
          "length must be between 0 and %d: %d".formatted(cache.length(), length));
    }
  }

  private static void requireRows(String name, HeadTensor rows, int heads, int dim) {
    if (rows.heads() != heads || rows.dim() != dim) {
      throw new IllegalArgumentException(
          "%s of %d heads of %d do not fit a cache of %d heads of %d"
              .formatted(name, rows.heads(), rows.dim(), heads, dim));
    }
  }
}
