package io.headroom.jobs.sweep;

import io.headroom.measure.LatencyHistogram;
import java.util.OptionalLong;

/** The percentiles of the summary, read from an encoded histogram. */
enum Percentile {
  P50,
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
          case P90 -> histogram.p90Nanos();
          case P99 -> histogram.p99Nanos();
        };
    return nanos.isPresent() ? nanos.getAsLong() : null;
  }
}
