package io.headroom.jobs.measurements;

import io.headroom.measure.LatencyHistogram;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** The percentiles of the summary, read from an encoded histogram. */
enum Percentile {
  P50,
  /** Lower end of the 95 % confidence interval of the median. */
  P50_LOW,
  P50_HIGH,
  P90,
  P99;

  /** Null where there is no histogram or its sample is too small. */
  Long of(byte[] encoded) {
    if (encoded == null) {
      return null;
    }
    LatencyHistogram histogram = LatencyHistogram.decode(encoded);
    OptionalLong nanos =
        switch (this) {
          case P50 -> histogram.p50Nanos();
          case P50_LOW -> end(histogram, LatencyHistogram.Interval::lowNanos);
          case P50_HIGH -> end(histogram, LatencyHistogram.Interval::highNanos);
          case P90 -> histogram.p90Nanos();
          case P99 -> histogram.p99Nanos();
        };
    return nanos.isPresent() ? nanos.getAsLong() : null;
  }

  private static OptionalLong end(
      LatencyHistogram histogram, ToLongFunction<LatencyHistogram.Interval> end) {
    return histogram.p50Interval().stream().mapToLong(end).findFirst();
  }
}
