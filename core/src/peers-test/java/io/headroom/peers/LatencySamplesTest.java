package io.headroom.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LatencySamplesTest {
  @Test
  void percentilesAreNearestRanks() {
    LatencySamples samples = new LatencySamples();
    for (long nanos : new long[] {50, 15, 40, 20, 35}) {
      samples.add(nanos, 1);
    }

    assertThat(samples.count()).isEqualTo(5);
    assertThat(samples.percentileNanos(10)).isEqualTo(15);
    assertThat(samples.percentileNanos(40)).isEqualTo(20);
    assertThat(samples.medianNanos()).isEqualTo(35);
    assertThat(samples.percentileNanos(90)).isEqualTo(50);
  }

  @Test
  void roundsAddUp() {
    LatencySamples samples = new LatencySamples();
    samples.add(30, 1);
    assertThat(samples.medianNanos()).isEqualTo(30);

    samples.add(10, 3);

    assertThat(samples.count()).isEqualTo(4);
    assertThat(samples.medianNanos()).isEqualTo(10);
  }

  @Test
  void nothingHasNoMedian() {
    assertThatThrownBy(() -> new LatencySamples().medianNanos())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no samples");
  }
}
