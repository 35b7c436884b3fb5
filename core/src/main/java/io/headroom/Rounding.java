package io.headroom;

/** Division of whole numbers that are at least 0 by such above 0, upwards. */
public final class Rounding {
  private Rounding() {}

  /** The least whole number that is no less than the quotient. */
  public static long ceilDivide(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  /** The least multiple of a step that is no less. */
  public static long roundUp(long number, long step) {
    return ceilDivide(number, step) * step;
  }
}
