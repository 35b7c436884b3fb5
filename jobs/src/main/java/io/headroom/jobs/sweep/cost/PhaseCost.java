package io.headroom.jobs.sweep.cost;

import io.headroom.attention.PhaseWork;
import io.headroom.fit.LogLinearFit;
import java.util.List;

/** What the parts of {@link PhaseWork} cost, each above 0: its time is the sum of their costs. */
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

  double nanos(PhaseWork work) {
    return work.calls() * nanosPerCall + work.flops() * nanosPerFlop + work.bytes() * nanosPerByte;
  }

  /** As the coefficients of a fit to {@link #observation observations}. */
  List<Double> coefficients() {
    return List.of(nanosPerCall, nanosPerFlop, nanosPerByte);
  }

  static PhaseCost of(List<Double> coefficients) {
    return new PhaseCost(coefficients.get(0), coefficients.get(1), coefficients.get(2));
  }

  /** The time that some work took, in nanoseconds. */
  static LogLinearFit.Observation observation(PhaseWork work, double nanos) {
    return new LogLinearFit.Observation(List.of(work.calls(), work.flops(), work.bytes()), nanos);
  }
}
