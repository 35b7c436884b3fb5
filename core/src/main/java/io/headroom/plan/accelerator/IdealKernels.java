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
  public static final double RELATIVE_ERROR = 1;

  private IdealKernels() {}

  static KernelTime time(KernelFamily family, KernelCall call, DataSheet sheet) {
    double[] terms = family.physics().terms(call, sheet);
    double millis = FLOOR_MICROS * terms[0];
    for (int i = 1; i < terms.length; i++) {
      millis += OF_IDEAL * terms[i];
    }
    return new KernelTime(millis, RELATIVE_ERROR, TimeBasis.DATA_SHEET);
  }
}
