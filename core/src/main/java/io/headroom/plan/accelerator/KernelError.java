package io.headroom.plan.accelerator;

import java.util.Arrays;

/**
 * How far predicted times are off, as fractions of the measured ones.
 *
 * @param rows that were compared
 * @param mean of the absolute errors
 * @param p90 nine of ten rows are off by no more
 */
public record KernelError(long rows, double mean, double p90) {
  /** Where no row was compared. */
  public static final KernelError NOT_KNOWN = new KernelError(0, 0, 0);

  private static final double NINE_OF_TEN = 0.9;

  /**
   * @param errors one or more fractions, at least 0 each; they are sorted
   */
  public static KernelError of(double[] errors) {
    Arrays.sort(errors);
    int rank = (int) Math.ceil(NINE_OF_TEN * errors.length);
    return new KernelError(
        errors.length, Arrays.stream(errors).average().orElseThrow(), errors[rank - 1]);
  }
}
