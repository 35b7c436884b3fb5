package io.headroom.model;

/** Conversions of 16-bit floating-point numbers, rounding to nearest, ties to even. */
final class HalfPrecision {
  private static final float SMALLEST_F16 = 0x1p-24f;
  private static final int F32_INFINITY = 0x7f800000;
  private static final int OVERFLOWS_F16 = 0x477ff000;
  private static final int SMALLEST_NORMAL_F16 = 0x38800000;
  private static final int EXPONENT_SHIFT = 0x38000000;

  private HalfPrecision() {}

  static float fromF16(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * SMALLEST_F16));
    }
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | F32_INFINITY | mantissa << 13);
    }
    return Float.intBitsToFloat(sign | ((exponent << 23 | mantissa << 13) + EXPONENT_SHIFT));
  }

  static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > F32_INFINITY) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= OVERFLOWS_F16) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < SMALLEST_NORMAL_F16) {
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) / SMALLEST_F16));
    }
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | rounded - EXPONENT_SHIFT >>> 13);
  }

  static float fromBf16(short half) {
    return Float.intBitsToFloat(half << 16);
  }

  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > F32_INFINITY) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
