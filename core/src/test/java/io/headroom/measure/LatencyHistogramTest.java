package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
  /** Three significant digits. */
  private static final double PRECISION = 1e-3;

  @ParameterizedTest
  @ValueSource(ints = {662, 663, 1000, 4097})
  void percentilesAreThoseOfTheSortedSamples(int count) {
    long[] samples = latencies(count, 1);
    LatencyHistogram histogram = histogram(samples);
    Arrays.sort(samples);

    assertClose(histogram.p50Nanos().orElseThrow(), ranked(samples, 0.5));
    assertClose(histogram.p90Nanos().orElseThrow(), ranked(samples, 0.9));
    assertClose(histogram.p99Nanos().orElseThrow(), ranked(samples, 0.99));
    assertClose(histogram.maxNanos().orElseThrow(), samples[count - 1]);
    double mean = Arrays.stream(samples).average().orElseThrow();
    assertThat(histogram.meanNanos()).isCloseTo(mean, within(mean * PRECISION));
    assertThat(histogram.samples()).isEqualTo(count);
  }

  @Test
  void aPercentileNeedsEnoughSamples() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int count = 1; count <= 700; count++) {
      histogram.record(count);
      assertThat(histogram.p50Nanos()).isPresent();
      assertThat(histogram.p90Nanos().isPresent()).as("p90 of %d", count).isEqualTo(count >= 64);
      assertThat(histogram.p99Nanos().isPresent()).as("p99 of %d", count).isEqualTo(count >= 662);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 50, 64, 662, 4097})
  void theMediansIntervalIsOfOrderStatistics(int count) {
    long[] samples = latencies(count, 1);
    LatencyHistogram histogram = histogram(samples);
    Arrays.sort(samples);
    int rank = (int) MedianRanks.lower(count).orElseThrow();

    LatencyHistogram.Interval interval = histogram.p50Interval().orElseThrow();

    assertClose(interval.lowNanos(), samples[rank - 1]);
    assertClose(interval.highNanos(), samples[count - rank]);
    assertThat(histogram.p50Nanos().orElseThrow())
        .isBetween(interval.lowNanos(), interval.highNanos());
  }

  /** Every rank is hit exactly: small numbers are kept as they are. */
  @Test
  void theIntervalNeverMissesItsRankByOne() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int count = 1; count <= 1_500; count++) {
      histogram.record(count);
      if (count < 6) {
        assertThat(histogram.p50Interval()).isEmpty();
        continue;
      }
      long rank = MedianRanks.lower(count).orElseThrow();
      assertThat(histogram.p50Interval())
          .contains(new LatencyHistogram.Interval(rank, count + 1 - rank));
    }
  }

  /** Of skewed samples 95 intervals of 100 hold the median of their distribution, or more. */
  @Test
  void theIntervalHoldsTheMedianAsOftenAsItSays() {
    long median = (long) (1000 * Math.exp(18 * 0.25));
    int held = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      LatencyHistogram.Interval interval =
          histogram(latencies(30, seed)).p50Interval().orElseThrow();
      held += interval.lowNanos() <= median && median <= interval.highNanos() ? 1 : 0;
    }
    assertThat(held).isBetween(1_890, 1_970);
  }

  @Test
  void withoutSamplesNothingIsTold() {
    for (LatencyHistogram empty :
        List.of(new LatencyHistogram(), LatencyHistogram.decode(new LatencyHistogram().encode()))) {
      assertThat(empty.samples()).isZero();
      assertThat(empty.p50Nanos()).isEmpty();
      assertThat(empty.p90Nanos()).isEmpty();
      assertThat(empty.p99Nanos()).isEmpty();
      assertThat(empty.maxNanos()).isEmpty();
      assertThat(empty.meanNanos()).isNaN();
    }
  }

  @Test
  void encodedAndDecodedItTellsTheSame() {
    LatencyHistogram histogram = histogram(latencies(1000, 2));

    assertSame(LatencyHistogram.decode(histogram.encode()), histogram);
  }

  @Test
  void mergedInAnyOrderItIsOneHistogram() {
    // The second reaches far beyond what the first has room for, and the third is empty.
    long[] fast = {0, 1, 17, 999, 1000};
    long[] slow = {3_600_000_000_000L, 86_400_000_000_000L, 12_345_678};
    long[] many = latencies(700, 3);
    List<LatencyHistogram> parts =
        List.of(histogram(fast), histogram(slow), new LatencyHistogram(), histogram(many));
    LatencyHistogram whole = histogram(fast);
    Arrays.stream(slow).forEach(whole::record);
    Arrays.stream(many).forEach(whole::record);

    for (int first = 0; first < parts.size(); first++) {
      LatencyHistogram merged = LatencyHistogram.decode(parts.get(first).encode());
      for (int i = 1; i < parts.size(); i++) {
        merged.add(LatencyHistogram.decode(parts.get((first + i) % parts.size()).encode()));
      }
      assertSame(LatencyHistogram.decode(merged.encode()), whole);
    }
  }

  @Test
  void otherBytesAreRefused() {
    byte[] good = histogram(latencies(100, 4)).encode();
    assertRefused(new byte[0]);
    assertRefused(new byte[7]);
    assertRefused(new byte[4096]);
    assertRefused("PAR1, not a histogram at all".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    for (int length = 0; length < good.length; length++) {
      assertRefused(Arrays.copyOf(good, length));
    }
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(1, 300)];
      random.nextBytes(noise);
      assertRefused(noise);
      // A right beginning and a body of noise.
      byte[] broken = good.clone();
      System.arraycopy(noise, 0, broken, 8, Math.min(noise.length, broken.length - 8));
      assertRefused(broken);
    }
  }

  @Test
  void travelsInItsEncodedForm() throws Exception {
    LatencyHistogram histogram = histogram(latencies(1000, 3));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(histogram);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      LatencyHistogram arrived = (LatencyHistogram) in.readObject();
      assertThat(arrived.encode()).isEqualTo(histogram.encode());
    }
    assertThat(bytes.size()).isLessThan(histogram.encode().length + 300);
  }

  private static void assertRefused(byte[] bytes) {
    assertThatThrownBy(() -> LatencyHistogram.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a compressed HdrHistogram of %d bytes", bytes.length);
  }

  private static void assertSame(LatencyHistogram actual, LatencyHistogram expected) {
    assertThat(actual.samples()).isEqualTo(expected.samples());
    assertThat(actual.p50Nanos()).isEqualTo(expected.p50Nanos());
    assertThat(actual.p90Nanos()).isEqualTo(expected.p90Nanos());
    assertThat(actual.p99Nanos()).isEqualTo(expected.p99Nanos());
    assertThat(actual.maxNanos()).isEqualTo(expected.maxNanos());
    assertThat(actual.meanNanos()).isEqualTo(expected.meanNanos());
  }

  private static void assertClose(long actual, long expected) {
    assertThat((double) actual).isCloseTo(expected, within(expected * PRECISION));
  }

  /** The least sample that is at least as large as the given share of all. */
  private static long ranked(long[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  private static LatencyHistogram histogram(long... samples) {
    LatencyHistogram histogram = new LatencyHistogram();
    Arrays.stream(samples).forEach(histogram::record);
    return histogram;
  }

  /** From a microsecond to some minutes, most of them short. */
  private static long[] latencies(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.doubles(count).mapToLong(x -> (long) (1000 * Math.exp(18 * x * x))).toArray();
  }

  @Test
  void aReservedHistogramIsEncodedAsIfItWereNot() {
    LatencyHistogram reserved = LatencyHistogram.reserved();
    LatencyHistogram plain = new LatencyHistogram();
    for (long nanos : new long[] {1, 999, 123_456, 7_000_000_000L, 400_000_000_000L}) {
      reserved.record(nanos);
      plain.record(nanos);
    }
    assertThat(reserved.encode()).isEqualTo(plain.encode());
    assertThat(reserved.maxNanos()).isEqualTo(plain.maxNanos());
  }

  @Test
  void recordingIntoAReservedHistogramAllocatesNothing() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    LatencyHistogram histogram = LatencyHistogram.reserved();
    histogram.record(1);
    long before = threads.getThreadAllocatedBytes(thread);
    for (long nanos = 1; nanos < 100_000_000_000L; nanos *= 10) {
      histogram.record(nanos);
    }
    assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(1_024);
  }
}
