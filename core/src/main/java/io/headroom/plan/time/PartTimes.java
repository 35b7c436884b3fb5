package io.headroom.plan.time;

import io.headroom.plan.accelerator.KernelTime;
import io.headroom.plan.accelerator.TimeBasis;
import java.util.EnumMap;
import java.util.Map;

/** Adds up what the parts of a step take, and how wrong each may be. */
final class PartTimes {
  private final Map<StepPart, Double> millis = new EnumMap<>(StepPart.class);
  private double errorMillis;
  private TimeBasis basis = TimeBasis.MEASURED;

  void add(StepPart part, double times, KernelTime time) {
    add(part, times * time.millis(), time.relativeError(), time.basis());
  }

  void add(StepPart part, double added, double relativeError, TimeBasis of) {
    if (added == 0) {
      return;
    }
    millis.merge(part, added, Double::sum);
    errorMillis += Math.abs(added) * relativeError;
    basis = basis.orLess(of);
  }

  double total() {
    return millis.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  StepTime time() {
    double total = total();
    return new StepTime(total, total > 0 ? errorMillis / total : 0, basis, millis);
  }
}
