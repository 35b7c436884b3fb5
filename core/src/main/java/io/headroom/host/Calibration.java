package io.headroom.host;

/**
 * What a host gave for a moment: unlike {@link HostProbe.Peaks} not the best of it, but what any
 * work got just then. Two of them, before and after some work, tell whether the host changed
 * meanwhile.
 *
 * @param gflops 10^9 floating-point operations a second, float32, of all threads together
 * @param streamGigabytesPerSecond 10^9 bytes read a second, of all threads together
 */
public record Calibration(double gflops, double streamGigabytesPerSecond) {

  /** What was measured while a host moved by more than this is noisy. */
  public static final double MOST_QUIET_DRIFT = 0.10;

  /** The larger of the two relative changes, as a fraction of this calibration. */
  public double driftTo(Calibration later) {
    return Math.max(
        change(gflops, later.gflops),
        change(streamGigabytesPerSecond, later.streamGigabytesPerSecond));
  }

  private static double change(double before, double after) {
    return Math.abs(after - before) / before;
  }
}
