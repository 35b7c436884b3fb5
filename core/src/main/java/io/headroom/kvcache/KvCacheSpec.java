package io.headroom.kvcache;

/**
 * What one layer's key-value cache of one sequence holds.
 *
 * @param kvHeads heads that are cached
 * @param keyDim channels of a key
 * @param valueDim channels of a value
 * @param precision how the keys and the values are kept
 * @param capacity the most positions that may ever be appended; at least 1
 * @param window 0: every position is kept; otherwise only the last {@code window} positions and the
 *     first {@code sinks}
 * @param sinks first positions that are always kept; 0 without a window
 * @param slack positions kept beyond the window, so that up to {@code slack + 1} new positions can
 *     be appended at once and still see their whole windows, or up to {@code slack} be truncated;
 *     without a window it has no effect
 */
public record KvCacheSpec(
    int kvHeads,
    int keyDim,
    int valueDim,
    KvFormat precision,
    int capacity,
    int window,
    int sinks,
    int slack) {

  public KvCacheSpec {
    requireAtLeast("kvHeads", kvHeads, 1);
    requireAtLeast("keyDim", keyDim, 1);
    requireAtLeast("valueDim", valueDim, 1);
    requireAtLeast("capacity", capacity, 1);
    requireAtLeast("window", window, 0);
    requireAtLeast("sinks", sinks, 0);
    requireAtLeast("slack", slack, 0);
    if (window == 0 && sinks > 0) {
      throw new IllegalArgumentException("sinks must be 0 without a window: " + sinks);
    }
  }

  /** A cache that keeps every position. */
  public static KvCacheSpec contiguous(
      int kvHeads, int keyDim, int valueDim, KvFormat precision, int capacity) {
    return new KvCacheSpec(kvHeads, keyDim, valueDim, precision, capacity, 0, 0, 0);
  }

  public boolean isWindowed() {
    return window > 0;
  }

  /** Positions that must be kept once {@code tokens} were appended: window and sinks, or all. */
  public long tokensKept(long tokens) {
    return isWindowed() ? Math.min(tokens, (long) window + sinks) : tokens;
  }

  /**
   * Exact bytes of {@code tokens} appended positions: the numbers kept and, for the integer
   * precisions, their scales and offsets; no padding, no slack.
   */
  public long bytes(long tokens) {
    return KvBytes.of(kvHeads, keyDim, valueDim, precision, tokensKept(tokens));
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
  }
}
