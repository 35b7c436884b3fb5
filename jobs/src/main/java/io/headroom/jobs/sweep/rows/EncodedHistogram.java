package io.headroom.jobs.sweep.rows;

import io.headroom.measure.LatencyHistogram;
import java.io.Serializable;
import java.util.Arrays;

/** A histogram as it travels and is kept: a decoded one takes a hundred times the memory. */
public final class EncodedHistogram implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;

  private EncodedHistogram(byte[] bytes) {
    this.bytes = bytes;
  }

  static EncodedHistogram of(LatencyHistogram histogram) {
    return new EncodedHistogram(histogram.encode());
  }

  /** What {@link LatencyHistogram#encode} gave. */
  byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncodedHistogram histogram && Arrays.equals(bytes, histogram.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
