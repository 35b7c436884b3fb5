package io.headroom.jobs.measurements;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.measure.LatencyHistogram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramMergeTest {
  private final HistogramMerge merge = new HistogramMerge();

  @Test
  void isWhatOneHistogramOfAllSamplesWouldBe() {
    Random random = new Random(5);
    LatencyHistogram all = new LatencyHistogram();
    List<byte[]> parts = new ArrayList<>();
    for (int part = 0; part < 9; part++) {
      LatencyHistogram histogram = new LatencyHistogram();
      for (int i = 0; i < 100; i++) {
        long nanos = 1 + (long) Math.exp(random.nextDouble() * 25);
        histogram.record(nanos);
        all.record(nanos);
      }
      parts.add(histogram.encode());
    }

    LatencyHistogram inOrder = LatencyHistogram.decode(merged(parts));
    Collections.shuffle(parts, random);
    LatencyHistogram shuffled = LatencyHistogram.decode(merged(parts));
    LatencyHistogram halves =
        LatencyHistogram.decode(
            merge.finish(merge.merge(reduced(parts.subList(0, 4)), reduced(parts.subList(4, 9)))));

    for (LatencyHistogram histogram : List.of(inOrder, shuffled, halves)) {
      assertThat(histogram.samples()).isEqualTo(900);
      assertThat(histogram.p50Nanos()).isEqualTo(all.p50Nanos());
      assertThat(histogram.p90Nanos()).isEqualTo(all.p90Nanos());
      assertThat(histogram.p99Nanos()).isEqualTo(all.p99Nanos()).isPresent();
      assertThat(histogram.maxNanos()).isEqualTo(all.maxNanos());
      assertThat(histogram.meanNanos()).isEqualTo(all.meanNanos());
    }
  }

  @Test
  void rowsWithoutHistogramAddNothing() {
    LatencyHistogram one = new LatencyHistogram();
    one.record(70);
    List<byte[]> parts = new ArrayList<>();
    parts.add(null);
    parts.add(one.encode());
    parts.add(null);

    assertThat(LatencyHistogram.decode(merged(parts)).samples()).isEqualTo(1);
    assertThat(merged(Collections.singletonList(null))).isNull();
    assertThat(merged(List.of())).isNull();
  }

  @Test
  void percentilesNeedTheirSample() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int i = 1; i <= 64; i++) {
      histogram.record(i);
    }

    assertThat(Percentile.P50.of(histogram.encode())).isEqualTo(32);
    assertThat(Percentile.P90.of(histogram.encode())).isEqualTo(58);
    assertThat(Percentile.P99.of(histogram.encode())).isNull();
    assertThat(Percentile.P50.of(null)).isNull();
  }

  private byte[] merged(List<byte[]> parts) {
    return merge.finish(reduced(parts));
  }

  private LatencyHistogram reduced(List<byte[]> parts) {
    LatencyHistogram buffer = merge.zero();
    for (byte[] part : parts) {
      buffer = merge.reduce(buffer, part);
    }
    return buffer;
  }
}
