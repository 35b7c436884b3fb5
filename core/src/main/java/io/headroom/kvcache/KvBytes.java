package io.headroom.kvcache;

/** Exact sizes of cached keys and values, in bytes: numbers and scales, no padding. */
public final class KvBytes {
  private KvBytes() {}

  /**
   * Bytes of {@code tokens} kept positions of one layer; see {@link KvPrecision} for the scales.
   */
  public static long of(int kvHeads, int keyDim, int valueDim, KvPrecision precision, long tokens) {
    long keyBits = tokens * keyDim * precision.bits();
    long valueBits = tokens * valueDim * precision.bits();
    long bytes = ceilDivide(keyBits, 8) + ceilDivide(valueBits, 8);
    if (precision.isQuantised()) {
      long keyGroups = ceilDivide(tokens, KvPrecision.GROUP_SIZE) * keyDim;
      long valueGroups = tokens * ceilDivide(valueDim, KvPrecision.GROUP_SIZE);
      bytes += (keyGroups + valueGroups) * KvPrecision.GROUP_BYTES;
    }
    return Math.multiplyExact(kvHeads, bytes);
  }

  /**
   * Bytes of {@code tokens} kept positions of one latent layer (MLA): one row of {@code rowDim}
   * numbers a token for keys and values alike. Integer precisions scale it as they do keys.
   */
  public static long ofLatent(int rowDim, KvPrecision precision, long tokens) {
    long bytes = ceilDivide(tokens * rowDim * precision.bits(), 8);
    if (precision.isQuantised()) {
      bytes += ceilDivide(tokens, KvPrecision.GROUP_SIZE) * rowDim * KvPrecision.GROUP_BYTES;
    }
    return bytes;
  }

  private static long ceilDivide(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
