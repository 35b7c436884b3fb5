package io.headroom.plan.accelerator;

/**
 * How long a call of a kernel takes, and how sure that is.
 *
 * @param millis above 0
 * @param relativeError nine of ten such calls take no more than {@code millis * (1 +
 *     relativeError)}, and no less than {@code millis / (1 + relativeError)}
 * @param basis what it rests on
 */
public record KernelTime(double millis, double relativeError, TimeBasis basis) {
  /** The same where it stands in for the time of another call, with the error that this makes. */
  public KernelTime standingIn(double otherRelativeError) {
    return new KernelTime(millis, otherRelativeError, basis.orLess(TimeBasis.EXTRAPOLATED));
  }

  /** Whether what was measured is within the band. */
  public boolean isWithin(double measuredMillis) {
    return Math.max(measuredMillis / millis, millis / measuredMillis) <= 1 + relativeError;
  }
}
