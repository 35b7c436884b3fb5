package io.headroom.plan.accelerator;

/** How much wider the error of a prediction is than that of its model. */
final class ErrorBand {
  private static final double WHERE_NOT_KNOWN = 0.5;
  private static final double PER_OCTAVE = 0.1;
  private static final double OF_ANOTHER_KERNEL = 0.3;

  private ErrorBand() {}

  /**
   * @param octaves from the shapes that were measured
   * @param isSame whether the error is of this kernel, or of as unlike ones
   */
  static double of(KernelError known, double octaves, boolean isSame) {
    return (known.rows() > 0 ? known.p90() : WHERE_NOT_KNOWN)
        + octaves * PER_OCTAVE
        + (isSame ? 0 : OF_ANOTHER_KERNEL);
  }
}
