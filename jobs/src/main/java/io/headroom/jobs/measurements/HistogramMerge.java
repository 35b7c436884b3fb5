package io.headroom.jobs.measurements;

import io.headroom.measure.LatencyHistogram;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;

/**
 * Merges encoded histograms. The result is what one histogram of all their samples would be, in
 * whatever order they come.
 *
 * <p>Spark keeps the buffer of a group as the object that it is while it adds rows to it, and
 * encodes it only to send it to where the groups of other partitions are merged.
 */
public final class HistogramMerge extends Aggregator<byte[], LatencyHistogram, byte[]> {
  private static final long serialVersionUID = 1L;

  @Override
  public LatencyHistogram zero() {
    return new LatencyHistogram();
  }

  @Override
  public LatencyHistogram reduce(LatencyHistogram merged, byte[] next) {
    return next == null ? merged : merge(merged, LatencyHistogram.decode(next));
  }

  @Override
  public LatencyHistogram merge(LatencyHistogram left, LatencyHistogram right) {
    left.add(right);
    return left;
  }

  @Override
  public byte[] finish(LatencyHistogram merged) {
    return merged.samples() == 0 ? null : merged.encode();
  }

  @Override
  public Encoder<LatencyHistogram> bufferEncoder() {
    return Encoders.javaSerialization(LatencyHistogram.class);
  }

  @Override
  public Encoder<byte[]> outputEncoder() {
    return Encoders.BINARY();
  }
}
