package io.headroom.peers;

/** Engines computed different things; there is nothing to compare then. */
final class OutputDisagreement extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutputDisagreement(
      Workload workload, int threads, String engine, String than, double error, double tolerance) {
    super(
        "%s on %d threads: the output of %s is off by %.3g from that of %s (relative L2), allowed is %.3g"
            .formatted(workload.name(), threads, engine, error, than, tolerance));
  }
}
