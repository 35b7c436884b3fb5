package io.headroom.measure;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Latencies in nanoseconds, kept to three significant digits (HdrHistogram), so that they merge
 * over tasks and hosts without loss. A percentile is only told where the sample supports it, by the
 * early-stopping rule of MLPerf Inference at 99 % confidence: 64 samples for the 90th, 662 for the
 * 99th.
 *
 * <p>Serialised it is as small as {@link #encode} makes it.
 */
public final class LatencyHistogram implements Serializable {
  public static final int LEAST_SAMPLES_P90 = 64;
  public static final int LEAST_SAMPLES_P99 = 662;

  private static final long serialVersionUID = 1L;

  private static final int SIGNIFICANT_DIGITS = 3;

  /** Slower samples make a reserved histogram grow. */
  private static final long RESERVED_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final transient Histogram histogram;

  /**
   * Where a figure lies, both ends included.
   *
   * @param lowNanos at most {@code highNanos}
   */
  public record Interval(long lowNanos, long highNanos) {}

  public LatencyHistogram() {
    this(new Histogram(SIGNIFICANT_DIGITS));
  }

  private LatencyHistogram(Histogram histogram) {
    this.histogram = histogram;
  }

  /** Empty, with room for samples up to two minutes: to record one allocates nothing. */
  public static LatencyHistogram reserved() {
    Histogram histogram = new Histogram(1, RESERVED_NANOS, SIGNIFICANT_DIGITS);
    histogram.setAutoResize(true);
    return new LatencyHistogram(histogram);
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if these are other bytes
   */
  public static LatencyHistogram decode(byte[] encoded) {
    try {
      return new LatencyHistogram(
          Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0));
    } catch (DataFormatException | RuntimeException e) {
      // Depending on where the bytes are wrong the library runs out of bounds in many ways.
      throw new IllegalArgumentException(
          "not a compressed HdrHistogram of %d bytes".formatted(encoded.length), e);
    }
  }

  public void record(long nanos) {
    histogram.recordValue(nanos);
  }

  public void add(LatencyHistogram other) {
    histogram.add(other.histogram);
  }

  public long samples() {
    return histogram.getTotalCount();
  }

  public OptionalLong p50Nanos() {
    return percentile(50, 1);
  }

  /**
   * The 95 % confidence interval of the median, from order statistics; empty under 6 samples, which
   * do not tell one.
   */
  public Optional<Interval> p50Interval() {
    OptionalLong lowerRank = MedianRanks.lower(samples());
    if (lowerRank.isEmpty()) {
      return Optional.empty();
    }
    long rank = lowerRank.getAsLong();
    return Optional.of(new Interval(ranked(rank), ranked(samples() + 1 - rank)));
  }

  public OptionalLong p90Nanos() {
    return percentile(90, LEAST_SAMPLES_P90);
  }

  public OptionalLong p99Nanos() {
    return percentile(99, LEAST_SAMPLES_P99);
  }

  public OptionalLong maxNanos() {
    return samples() == 0 ? OptionalLong.empty() : OptionalLong.of(histogram.getMaxValue());
  }

  /** The mean, exact to the histogram's three digits; NaN without samples. */
  public double meanNanos() {
    return samples() == 0 ? Double.NaN : histogram.getMean();
  }

  /** HdrHistogram's compressed form, which every HdrHistogram library reads. */
  public byte[] encode() {
    // Only as wide as its samples: whoever decodes it makes room for the whole range.
    Histogram narrow = new Histogram(SIGNIFICANT_DIGITS);
    narrow.add(histogram);
    ByteBuffer buffer = ByteBuffer.allocate(narrow.getNeededByteBufferCapacity());
    int length = narrow.encodeIntoCompressedByteBuffer(buffer);
    byte[] encoded = new byte[length];
    buffer.rewind();
    buffer.get(encoded);
    return encoded;
  }

  /** The sample of a rank, from 1: half a rank below, rounding cannot reach the next. */
  private long ranked(long rank) {
    return histogram.getValueAtPercentile(100 * (rank - 0.5) / samples());
  }

  private OptionalLong percentile(double percentile, long minSamples) {
    return samples() < minSamples
        ? OptionalLong.empty()
        : OptionalLong.of(histogram.getValueAtPercentile(percentile));
  }

  private Object writeReplace() {
    return new Encoded(encode());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("histograms are read as their encoded form");
  }

  /** What is written in place of a histogram. */
  private static final class Encoded implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    Encoded(byte[] bytes) {
      this.bytes = bytes;
    }

    private Object readResolve() {
      return decode(bytes);
    }
  }
}
