package io.headroom.kvcache;

import static io.headroom.Rounding.ceilDivide;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How an engine's key-value cache keeps its numbers.
 *
 * <p>{@link #FP8} is e4m3 with one scale for a whole tensor, which is not counted; caches here use
 * 1, as serving engines do where nothing else was calibrated, so that numbers beyond 448 become
 * 448.
 *
 * <p>The integer precisions share a scale and an offset, two bfloat16 numbers, among {@link
 * #GROUP_SIZE} values: keys along the tokens of one channel, values along the channels of one token
 * (the directions of KIVI, arXiv 2402.02750). That is 8.5 bits a value for int8 and 4.5 for int4.
 */
public enum KvPrecision implements KvEncoding {
  F32(32),
  F16(16),
  BF16(16),
  FP8(8),
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

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of all, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(KvPrecision::label).collect(Collectors.joining(", "));
  }

  @Override
  public int groupTokens() {
    return isQuantised() ? GROUP_SIZE : 1;
  }

  @Override
  public long keyBytes(int channels, long tokens) {
    return numberBytes(channels, tokens)
        + (isQuantised() ? ceilDivide(tokens, GROUP_SIZE) * channels * GROUP_BYTES : 0);
  }

  @Override
  public long valueBytes(int channels, long tokens) {
    return numberBytes(channels, tokens)
        + (isQuantised() ? tokens * ceilDivide(channels, GROUP_SIZE) * GROUP_BYTES : 0);
  }

  /** As of keys. */
  @Override
  public long rowBytes(int channels, long rows) {
    return keyBytes(channels, rows);
  }

  @Override
  public Optional<String> unsupportedHead(int channels) {
    return Optional.empty();
  }

  @Override
  public Optional<String> unsupportedRow(int channels) {
    return Optional.empty();
  }

  private long numberBytes(int channels, long tokens) {
    return ceilDivide(tokens * channels * bits, 8);
  }
}
