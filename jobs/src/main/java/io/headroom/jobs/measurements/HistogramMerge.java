package io.headroom.jobs.measurements;

import io.headroom.measure.LatencyHistogram;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;

/**
 * Merges encoded histograms. The result is what one histogram of all their samples would be, in
 * whatever order they come.
 */
public final class HistogramMerge extends Aggregator<byte[], byte[], byte[]> {
  private static final long serialVersionUID = 1L;
  private static final byte[] NOTHING = {};

  @Override
  public byte[] zero() {
    return NOTHING;
  }

  @Override
  public byte[] reduce(byte[] merged, byte[] next) {
    return next == null ? merged : merge(merged, next);
  }

  @Override
  public byte[] merge(byte[] left, byte[] right) {
    if (left.length == 0) {
      return right;
    }
    if (right.length == 0) {
      return left;
    }
    LatencyHistogram merged = LatencyHistogram.decode(left);
    merged.add(LatencyHistogram.decode(right));
    return merged.encode();
  }

  @Override
  public byte[] finish(byte[] merged) {
    return merged.length == 0 ? null : merged;
  }

  @Override
  public Encoder<byte[]> bufferEncoder() {
    return Encoders.BINARY();
  }

  @Override
  public Encoder<byte[]> outputEncoder() {
    return Encoders.BINARY();
  }
}
