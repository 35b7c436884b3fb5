package io.headroom.jobs.sweep.cost;

/** What the parts of {@link Work} cost, each above 0: its time is the sum of their costs. */
record PhaseCost(double nanosPerCall, double nanosPerFlop, double nanosPerByte) {
  PhaseCost {
    require("nanosPerCall", nanosPerCall);
    require("nanosPerFlop", nanosPerFlop);
    require("nanosPerByte", nanosPerByte);
  }

  private static void require(String name, double nanos) {
    if (!(nanos > 0) || !Double.isFinite(nanos)) {
      throw new IllegalArgumentException(name + " must be finite and above 0: " + nanos);
    }
  }

  double nanos(Work work) {
    return work.calls() * nanosPerCall + work.flops() * nanosPerFlop + work.bytes() * nanosPerByte;
  }
}
