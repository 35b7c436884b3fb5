package io.headroom.attention.vector;

/**
 * 2^x for x of at most 16 in float32. With {@code n} the integer nearest to x, {@code 2^(x - n)} is
 * a polynomial of degree 5 (the least relative error for a constant term of 1), and {@code 2^n} is
 * made in the exponent bits. The relative error is at most {@link #RELATIVE_ERROR}; results below
 * 2^-126.5 are 0, NaN stays NaN.
 */
final class Exp2 {
  static final float RELATIVE_ERROR = 2.5e-7f;

  /** Where the exponent bits of 2^n become 0. */
  static final float LEAST = -127;

  /** The bits of {@code -LEAST}. As ints, floats without a sign are in order, behind all others. */
  static final int NEGATED_LEAST_BITS = Float.floatToRawIntBits(-LEAST);

  /** 1.5 * 2^23: adding it rounds to an integer, found in the low bits of the sum. */
  static final float ROUNDER = 0x1.8p23f;

  /** The exponent bits of 1. */
  static final int ONE_BITS = 0x3F800000;

  static final int MANTISSA_BITS = 23;

  static final float C1 = 0x1.62e42ap-1f;
  static final float C2 = 0x1.ebf9bcp-3f;
  static final float C3 = 0x1.c6b752p-5f;
  static final float C4 = 0x1.3cea88p-7f;
  static final float C5 = 0x1.5bba14p-10f;

  private Exp2() {}

  static float of(float exponent) {
    float x = Math.max(exponent, LEAST);
    float rounded = x + ROUNDER;
    float f = x - (rounded - ROUNDER);
    float power = ((((C5 * f + C4) * f + C3) * f + C2) * f + C1) * f + 1;
    int bits = (Float.floatToRawIntBits(rounded) << MANTISSA_BITS) + ONE_BITS;
    return power * Float.intBitsToFloat(bits);
  }
}
