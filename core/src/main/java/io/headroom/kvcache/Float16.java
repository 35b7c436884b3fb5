package io.headroom.kvcache;

/** IEEE 754 half precision: 5 bits of exponent, 11 bits of precision. */
public final class Float16 {
  /** From this magnitude on, rounding to the nearest gives infinity. */
  public static final float OVERFLOW = 65520;

  private static final int INFINITY = 0x7C00;
  private static final int FLOAT_INFINITY = 0x7F800000;

  /** Exponent biases differ by 127 - 15. */
  private static final float REBIAS = 0x1p112f;

  private static final float SMALLEST_NORMAL = 0x1p-14f;

  /** Adding it moves the units of subnormal halves, 2^-24, to the last bit of a float. */
  private static final float SUBNORMAL_SHIFT = 0.5f;

  private Float16() {}

  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int magnitude = bits & 0x7FFF;
    if (magnitude >= INFINITY) {
      return Float.intBitsToFloat(sign | FLOAT_INFINITY | magnitude << 13);
    }
    float value = Float.intBitsToFloat(magnitude << 13) * REBIAS;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
  }

  /** Rounds to nearest, ties to even; too large becomes infinity, NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude > FLOAT_INFINITY) {
      return (short) (sign | INFINITY | 0x200 | ((magnitude >>> 13) & 0x3FF));
    }
    float absolute = Float.intBitsToFloat(magnitude);
    if (absolute >= OVERFLOW) {
      return (short) (sign | INFINITY);
    }
    if (absolute < SMALLEST_NORMAL) {
      int units = Float.floatToRawIntBits(absolute + SUBNORMAL_SHIFT);
      return (short) (sign | (units - Float.floatToRawIntBits(SUBNORMAL_SHIFT)));
    }
    int roundToEven = 0xFFF + ((magnitude >>> 13) & 1);
    return (short) (sign | (((magnitude + roundToEven) >>> 13) - (112 << 10)));
  }
}
