package io.headroom.jobs.calibrate;

import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.MeasuredCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far one measurement of a call is from its other measurements: what no prediction can fall
 * below.
 */
final class RepeatNoise {
  private RepeatNoise() {}

  /**
   * Of every call that was measured n times, each time's distance from their mean, times the root
   * of n / (n - 1), for the mean has seen it. Empty where every call was measured once.
   */
  static Optional<KernelError> of(List<MeasuredCall> measured) {
    Map<String, List<Double>> times = new TreeMap<>();
    for (MeasuredCall one : measured) {
      String call = one.call().texts() + Arrays.toString(one.call().numbers());
      times.computeIfAbsent(call, any -> new ArrayList<>()).add(one.millis());
    }
    double[] distances =
        times.values().stream()
            .filter(same -> same.size() > 1)
            .flatMapToDouble(same -> Arrays.stream(distances(same)))
            .toArray();
    return distances.length == 0 ? Optional.empty() : Optional.of(KernelError.of(distances));
  }

  private static double[] distances(List<Double> same) {
    double mean = same.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double seen = Math.sqrt(same.size() / (same.size() - 1.0));
    return same.stream().mapToDouble(time -> seen * Math.abs(time / mean - 1)).toArray();
  }
}
