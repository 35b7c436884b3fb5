package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyPercentilesTest {
  @Test
  void aPercentileIsTheSmallestThatSoManyDoNotExceed() {
    double[] values = IntStream.range(0, 1001).mapToDouble(i -> i * 8 % 1001).toArray();

    LatencyPercentiles found = LatencyPercentiles.of(values, 1001);

    assertThat(found).isEqualTo(new LatencyPercentiles(500, 500, 900, 990, 1000, 1001));
  }

  @Test
  void fewHaveThemToo() {
    assertThat(LatencyPercentiles.of(new double[] {4, 2, 9}, 2))
        .isEqualTo(new LatencyPercentiles(3, 2, 4, 4, 4, 2));
  }

  @Test
  void noneIsNoNumber() {
    LatencyPercentiles none = LatencyPercentiles.of(new double[3], 0);

    assertThat(none.count()).isZero();
    assertThat(new double[] {none.mean(), none.p50(), none.p90(), none.p99(), none.max()})
        .containsOnly(Double.NaN);
  }
}
