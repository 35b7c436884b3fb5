package io.headroom.kvcache;

/** Exact sizes of cached keys and values, in bytes: numbers and scales, no padding. */
public final class KvBytes {
  private KvBytes() {}

  /**
   * Bytes of {@code tokens} kept positions of one layer.
   *
   * @throws IllegalArgumentException if heads of so many channels cannot be kept so, see {@link
   *     KvEncoding#unsupportedHead}
   */
  public static long of(int kvHeads, int keyDim, int valueDim, KvFormat format, long tokens) {
    long bytes =
        format.key().keyBytes(keyDim, tokens) + format.value().valueBytes(valueDim, tokens);
    return Math.multiplyExact(kvHeads, bytes);
  }

  /**
   * Bytes of {@code tokens} kept positions of one latent layer (MLA): one row of {@code rowDim}
   * numbers a token for keys and values alike. Integer precisions scale it as they do keys.
   *
   * @throws IllegalArgumentException if such rows cannot be kept so, see {@link
   *     KvEncoding#unsupportedRow}
   */
  public static long ofLatent(int rowDim, KvEncoding encoding, long tokens) {
    return encoding.rowBytes(rowDim, tokens);
  }
}
