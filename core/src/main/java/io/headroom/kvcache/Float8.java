package io.headroom.kvcache;

/**
 * Eight bits, e4m3: 4 bits of exponent, 4 bits of precision, a NaN of each sign and no infinity
 * ("FP8 formats for deep learning", arXiv 2209.05433).
 */
public final class Float8 {
  /** The largest number. */
  public static final float LARGEST = 448;

  private static final int LARGEST_BITS = 0x7E;
  private static final int NAN_BITS = 0x7F;
  private static final int FLOAT_INFINITY = 0x7F800000;
  private static final int DROPPED_BITS = 20;

  /** Exponent biases differ by 127 - 7. */
  private static final float REBIAS = 0x1p120f;

  private static final float SMALLEST_NORMAL = 0x1p-6f;

  /** Units of numbers below the smallest normal one. */
  private static final float SUBNORMALS_PER_ONE = 0x1p9f;

  private Float8() {}

  public static float toFloat(byte bits) {
    int sign = (bits & 0x80) << 24;
    int magnitude = bits & 0x7F;
    if (magnitude == NAN_BITS) {
      return Float.NaN;
    }
    float value = Float.intBitsToFloat(magnitude << DROPPED_BITS) * REBIAS;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
  }

  /** Rounds to nearest, ties to even; too large becomes {@link #LARGEST}, NaN stays NaN. */
  public static byte fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 24) & 0x80;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude > FLOAT_INFINITY) {
      return (byte) (sign | NAN_BITS);
    }
    float absolute = Float.intBitsToFloat(magnitude);
    if (absolute >= LARGEST) {
      return (byte) (sign | LARGEST_BITS);
    }
    if (absolute < SMALLEST_NORMAL) {
      return (byte) (sign | (int) Math.rint(absolute * SUBNORMALS_PER_ONE));
    }
    int roundToEven = 0x7FFFF + ((magnitude >>> DROPPED_BITS) & 1);
    return (byte) (sign | (((magnitude + roundToEven) >>> DROPPED_BITS) - (120 << 3)));
  }
}
