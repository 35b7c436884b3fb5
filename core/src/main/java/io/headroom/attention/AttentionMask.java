package io.headroom.attention;

/**
 * Which key positions {@code j} a query at position {@code i} sees.
 *
 * @param causal only {@code j <= i}
 * @param window 0: no window; otherwise only {@code j > i - window}, and the sinks
 * @param sinks the first positions, seen whatever the window; 0 without a window
 */
public record AttentionMask(boolean causal, int window, int sinks) {
  public static final AttentionMask FULL = new AttentionMask(false, 0, 0);
  public static final AttentionMask CAUSAL = new AttentionMask(true, 0, 0);

  public AttentionMask {
    if (window < 0 || sinks < 0) {
      throw new IllegalArgumentException(
          "window and sinks must not be negative: %d, %d".formatted(window, sinks));
    }
    if (window == 0 && sinks > 0) {
      throw new IllegalArgumentException("sinks must be 0 without a window: " + sinks);
    }
  }

  public static AttentionMask causalWindow(int window, int sinks) {
    return new AttentionMask(true, window, sinks);
  }

  public boolean isWindowed() {
    return window > 0;
  }

  /** Whether a query at {@code query} sees the key at {@code key}. */
  public boolean sees(long query, long key) {
    boolean past = !causal || key <= query;
    boolean near = window == 0 || key > query - window || key < sinks;
    return past && near;
  }
}
