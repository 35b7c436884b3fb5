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
  /** Whether what was measured is within the band. */
  public boolean isWithin(double measuredMillis) {
    return Math.max(measuredMillis / millis, millis / measuredMillis) <= 1 + relativeError;
  }
}
