package io.headroom.kvcache;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a key-value cache keeps its numbers.
 *
 * <p>The integer precisions share a scale and an offset, two bfloat16 numbers, among {@link
 * #GROUP_SIZE} values: keys along the tokens of one channel, values along the channels of one token
 * (the directions of KIVI, arXiv 2402.02750). That is 8.5 bits a value for int8 and 4.5 for int4.
 */
public enum KvPrecision {
  F32(32),
  F16(16),
  BF16(16),
  INT8(8),
  INT4(4);

  /** Values that share one scale and offset in the integer precisions. */
  public static final int GROUP_SIZE = 64;

  /** Bytes of the scale and the offset of one group: a bfloat16 each. */
  public static final int GROUP_BYTES = 4;

  private final int bits;

  KvPrecision(int bits) {
    this.bits = bits;
  }

  /** Bits of one stored value, scales not included. */
  public int bits() {
    return bits;
  }

  /** Whether groups of values share a scale and an offset. */
  public boolean isQuantised() {
    return this == INT8 || this == INT4;
  }

  /** The name that configurations and tables use: {@code f32}, {@code bf16}, {@code int8}... */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  public static Optional<KvPrecision> named(String label) {
    return Arrays.stream(values()).filter(precision -> precision.label().equals(label)).findFirst();
  }

  /** The allowed names, for messages: {@code f32, f16, bf16, int8, int4}. */
  public static String labels() {
    return Arrays.stream(values()).map(KvPrecision::label).collect(Collectors.joining(", "));
  }
}
