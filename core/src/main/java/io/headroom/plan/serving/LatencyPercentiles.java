package io.headroom.plan.serving;

import java.util.Arrays;
import org.apache.commons.math3.util.KthSelector;

/**
 * Latencies of requests in milliseconds; NaN where there are none. A percentile is the smallest of
 * them that as large a part of them does not exceed.
 */
public record LatencyPercentiles(
    double mean, double p50, double p90, double p99, double max, long count) {

  /** Where the selector keeps what it has partitioned; a whole binary tree of ten levels. */
  private static final int PIVOTS = (1 << 10) - 1;

  /** Of the first so many values, whose order is lost. */
  static LatencyPercentiles of(double[] values, int count) {
    if (count == 0) {
      return new LatencyPercentiles(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0);
    }
    double[] own = count == values.length ? values : Arrays.copyOf(values, count);
    double sum = 0;
    double max = own[0];
    for (double value : own) {
      sum += value;
      max = Math.max(max, value);
    }
    int[] pivots = new int[PIVOTS];
    Arrays.fill(pivots, -1);
    return new LatencyPercentiles(
        sum / count, at(own, pivots, 50), at(own, pivots, 90), at(own, pivots, 99), max, count);
  }

  private static double at(double[] values, int[] pivots, int percent) {
    int place = (int) (((long) values.length * percent + 99) / 100) - 1;
    return new KthSelector().select(values, pivots, place);
  }
}
