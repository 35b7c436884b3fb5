package io.headroom.jobs.sweep.cost;

/** What the parts of {@link Work} cost: its time is the sum of their costs. */
record PhaseCost(double nanosPerCall, double nanosPerFlop, double nanosPerByte) {

  double nanos(Work work) {
    return work.calls() * nanosPerCall + work.flops() * nanosPerFlop + work.bytes() * nanosPerByte;
  }
}
