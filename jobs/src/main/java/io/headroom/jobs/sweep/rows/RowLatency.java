package io.headroom.jobs.sweep.rows;

import io.headroom.measure.LatencyHistogram;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The figures of one phase, in nanoseconds; each is null where the sample does not tell it.
 *
 * @param p50LowNanos lower end of the 95 % confidence interval of the median
 * @param histogram all samples; null without any
 */
public record RowLatency(
    long samples,
    Long p50Nanos,
    Long p50LowNanos,
    Long p50HighNanos,
    Long p90Nanos,
    Long p99Nanos,
    Double meanNanos,
    Long maxNanos,
    EncodedHistogram histogram)
    implements Serializable {

  static RowLatency of(LatencyHistogram histogram) {
    Optional<LatencyHistogram.Interval> interval = histogram.p50Interval();
    boolean isEmpty = histogram.samples() == 0;
    return new RowLatency(
        histogram.samples(),
        boxed(histogram.p50Nanos()),
        interval.map(LatencyHistogram.Interval::lowNanos).orElse(null),
        interval.map(LatencyHistogram.Interval::highNanos).orElse(null),
        boxed(histogram.p90Nanos()),
        boxed(histogram.p99Nanos()),
        isEmpty ? null : histogram.meanNanos(),
        boxed(histogram.maxNanos()),
        isEmpty ? null : EncodedHistogram.of(histogram));
  }

  static Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
