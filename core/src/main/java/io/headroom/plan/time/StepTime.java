package io.headroom.plan.time;

import io.headroom.plan.accelerator.TimeBasis;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long a step takes, and how wrong that may be.
 *
 * @param relativeError that nine of ten such times keep within, as a fraction, if the errors of all
 *     kernels go the same way
 * @param basis the least certain of its parts
 * @param parts milliseconds of each
 */
public record StepTime(
    double millis, double relativeError, TimeBasis basis, Map<StepPart, Double> parts) {
  public StepTime {
    Map<StepPart, Double> copy = new EnumMap<>(StepPart.class);
    copy.putAll(parts);
    parts = Collections.unmodifiableMap(copy);
  }

  public double leastMillis() {
    return millis / (1 + relativeError);
  }

  public double mostMillis() {
    return millis * (1 + relativeError);
  }
}
