package io.headroom.plan.serving;

import java.util.Arrays;

/**
 * Latencies of requests in milliseconds; NaN where there are none. A percentile is the smallest of
 * them that as large a part of them does not exceed.
 */
public record LatencyPercentiles(
    double mean, double p50, double p90, double p99, double max, long count) {

  /** Of the first so many values, whose order is lost. */
  static LatencyPercentiles of(double[] values, int count) {
    if (count == 0) {
      return new LatencyPercentiles(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    Arrays.sort(values, 0, count);
    return new LatencyPercentiles(
        sum / count,
        at(values, count, 50),
        at(values, count, 90),
        at(values, count, 99),
        values[count - 1],
        count);
  }

  private static double at(double[] sorted, int count, int percent) {
    return sorted[(int) (((long) count * percent + 99) / 100) - 1];
  }
}
