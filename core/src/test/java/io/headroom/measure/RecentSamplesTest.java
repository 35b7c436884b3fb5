package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentSamplesTest {
  private static final long LONG_NANOS = SamplingPolicy.STANDARD.settling().longestStretchNanos();

  @Test
  void shortSamplesThatAgreeNeedKernelsThatSettled() {
    assertThat(steady(true, 100, 100, 105, 110)).isTrue();
    assertThat(steady(false, 100, 100, 105, 110)).isFalse();
  }

  @Test
  void samplesAsLongAsAWarmUpSpeakForThemselves() {
    assertThat(steady(false, 0, LONG_NANOS, LONG_NANOS, LONG_NANOS)).isTrue();
    assertThat(steady(false, 0, LONG_NANOS, LONG_NANOS, LONG_NANOS - 1)).isFalse();
    assertThat(steady(false, 2 * LONG_NANOS, 2 * LONG_NANOS, 2 * LONG_NANOS)).isTrue();
    assertThat(steady(false, 9 * LONG_NANOS, 9 * LONG_NANOS)).isFalse();
  }

  @Test
  void samplesThatDifferAreNotSteady() {
    assertThat(steady(true, 100, 100, 100, 111)).isFalse();
    assertThat(steady(true, 100, 111, 100, 100)).isFalse();
    assertThat(steady(false, 0, 2 * LONG_NANOS, LONG_NANOS, LONG_NANOS)).isFalse();
  }

  @Test
  void theLastRunOfTheWarmUpCountsWhereSamplesLack() {
    assertThat(steady(true, 100, 105)).isTrue();
    assertThat(steady(true, 100, 111)).isFalse();
    assertThat(steady(true, 111, 100, 100)).isFalse();
    assertThat(steady(true, 111, 100, 100, 100)).isTrue();
  }

  @Test
  void withoutSamplesNothingIsTold() {
    assertThat(steady(true, 100)).isFalse();
  }

  @Test
  void oneInterruptionDoesNotMatter() {
    long[] samples = LongStream.range(0, 30).map(i -> i == 14 ? 9_000 : 100).toArray();

    assertThat(steady(true, 100, samples)).isTrue();
  }

  @Test
  void whatBecameSlowerOnTheWayIsNotSteady() {
    assertThat(steady(true, 100, LongStream.range(0, 64).map(i -> 100 + i).toArray())).isFalse();
    assertThat(steady(true, 100, LongStream.range(0, 64).map(i -> 1000 + i).toArray())).isTrue();
  }

  @Test
  void onlyTheLastSamplesCount() {
    long[] samples =
        LongStream.range(0, 1_000).map(i -> i < 1_000 - RecentSamples.MOST ? 900 : 100).toArray();

    assertThat(steady(true, 900, samples)).isTrue();
    samples[1_000 - RecentSamples.MOST] = 900;
    assertThat(steady(true, 900, samples)).isTrue();
    for (int i = 0; i < SamplingPolicy.STANDARD.settling().mostSamplesAStretch(); i++) {
      samples[1_000 - RecentSamples.MOST + i] = 900;
    }
    assertThat(steady(true, 900, samples)).isFalse();
  }

  private static boolean steady(boolean kernelsSettled, long precedingNanos, long... samples) {
    RecentSamples recent = new RecentSamples(precedingNanos);
    for (long nanos : samples) {
      recent.record(nanos);
    }
    return recent.steady(kernelsSettled);
  }
}
