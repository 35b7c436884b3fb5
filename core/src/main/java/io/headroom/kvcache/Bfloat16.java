package io.headroom.kvcache;

/** bfloat16: the upper half of a float32, with 8 bits of precision. */
public final class Bfloat16 {
  /** From this magnitude on, rounding to the nearest gives infinity. */
  public static final float OVERFLOW = 0x1.FFp127f;

  private Bfloat16() {}

  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Rounds to nearest, ties to even; too large becomes infinity, NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    int roundToEven = 0x7FFF + ((bits >>> 16) & 1);
    return (short) ((bits + roundToEven) >>> 16);
  }

  /** The largest bfloat16 that is not above a finite {@code value}. */
  public static short floor(float value) {
    short truncated = (short) (Float.floatToRawIntBits(value) >>> 16);
    return toFloat(truncated) > value ? (short) (truncated + 1) : truncated;
  }

  /** The smallest bfloat16 that is not below a {@code value} of at least 0. */
  public static short ceiling(double value) {
    short truncated = (short) (Float.floatToRawIntBits((float) value) >>> 16);
    return toFloat(truncated) < value ? (short) (truncated + 1) : truncated;
  }
}
