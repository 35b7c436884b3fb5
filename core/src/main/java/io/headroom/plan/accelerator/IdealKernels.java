package io.headroom.plan.accelerator;

/**
 * Kernels of which nothing was measured anywhere: two thirds of what the data sheet allows in every
 * term of the physics, and the launch of a kernel.
 */
public final class IdealKernels {
  /** How many times as long as every term they are taken to need. */
  public static final double OF_IDEAL = 1.5;

  private static final double FLOOR_MICROS = 5;

  /** Three kernels in four are within a factor of two. */
  private static final double RELATIVE_ERROR = 1;

  /**
   * Of hosts: with 1 to 16 rows of float32, a BLAS library took 2.1 to 2.6 times as long on one
   * thread of a recent server.
   */
  private static final double HOST_RELATIVE_ERROR = 2;

  private IdealKernels() {}

  static KernelTime time(KernelFamily family, KernelCall call, DataSheet sheet) {
    double[] terms = family.physics().terms(call, sheet);
    double millis = FLOOR_MICROS * terms[0];
    for (int i = 1; i < terms.length; i++) {
      millis += OF_IDEAL * terms[i];
    }
    return new KernelTime(millis, relativeError(sheet), TimeBasis.DATA_SHEET);
  }

  /** That is stated of such times, as a fraction. */
  public static double relativeError(DataSheet sheet) {
    return sheet.host() ? HOST_RELATIVE_ERROR : RELATIVE_ERROR;
  }
}
