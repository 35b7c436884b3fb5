package io.headroom.attention;

/** Counts what an attention layer must do, whatever engine does it. */
public final class AttentionWork {
  private AttentionWork() {}

  /**
   * Pairs of a query and a key that it sees, for one head.
   *
   * @param queries the last positions of the keys
   * @throws ArithmeticException if they are more than a long holds
   */
  public static long visiblePairs(AttentionMask mask, long queries, long keys) {
    long first = keys - queries;
    if (!mask.causal() && !mask.isWindowed()) {
      return Math.multiplyExact(queries, keys);
    }
    long hidden = mask.isWindowed() ? outOfWindow(mask, first, keys) : 0;
    long reachable =
        mask.causal() ? triangle(keys) - triangle(first) : Math.multiplyExact(queries, keys);
    return reachable - hidden;
  }

  /**
   * Floating-point operations of one layer: a multiplication and an addition for every channel of
   * every visible pair, in the scores and again in the weighted sum of the values. The softmax is
   * not counted, as is usual (FlashAttention, arXiv 2205.14135).
   *
   * @throws ArithmeticException if they are more than a long holds
   */
  public static long flops(Attention attention, long queries, long keys) {
    AttentionShape shape = attention.shape();
    long pairs = visiblePairs(attention.mask(), queries, keys);
    return Math.multiplyExact(
        Math.multiplyExact(pairs, 2L * shape.queryHeads()),
        (long) shape.headDim() + shape.valueDim());
  }

  /** As {@link #flops}, rounded, for sequences whose operations no long can count. */
  public static double roundedFlops(Attention attention, long queries, long keys) {
    AttentionShape shape = attention.shape();
    return 2.0
        * visiblePairs(attention.mask(), queries, keys)
        * shape.queryHeads()
        * (shape.headDim() + shape.valueDim());
  }

  /** Pairs whose key has left the window and is no sink, for queries at first to end, exclusive. */
  private static long outOfWindow(AttentionMask mask, long first, long end) {
    long left = triangle(end - mask.window()) - triangle(first - mask.window());
    long sinks =
        clippedTriangle(end - mask.window(), mask.sinks())
            - clippedTriangle(first - mask.window(), mask.sinks());
    return left - sinks;
  }

  /** 1 + 2 + ... + n; 0 below 1. */
  private static long triangle(long n) {
    if (n < 1) {
      return 0;
    }
    return n % 2 == 0 ? Math.multiplyExact(n / 2, n + 1) : Math.multiplyExact(n, n / 2 + 1);
  }

  /** min(1, most) + min(2, most) + ... + min(n, most). */
  private static long clippedTriangle(long n, long most) {
    if (n <= most) {
      return triangle(n);
    }
    return Math.addExact(triangle(most), Math.multiplyExact(n - most, most));
  }
}
