package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyPercentilesTest {
  @Test
  void aPercentileIsTheSmallestThatSoManyDoNotExceed() {
    double[] values = IntStream.range(0, 1001).mapToDouble(i -> i * 8 % 1001).toArray();

    LatencyPercentiles found = LatencyPercentiles.of(values, 1001);

    assertThat(found).isEqualTo(new LatencyPercentiles(500, 500, 900, 990, 1000, 1001));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 100, 5000})
  void theyAreThoseOfTheSortedValues(int count) {
    SplittableRandom random = new SplittableRandom(count);
    double[] values =
        IntStream.range(0, count)
            .mapToDouble(i -> random.nextInt(3) * random.nextDouble())
            .toArray();
    double[] sorted = values.clone();
    Arrays.sort(sorted);

    LatencyPercentiles found = LatencyPercentiles.of(values, count);

    assertThat(List.of(found.p50(), found.p90(), found.p99(), found.max()))
        .isEqualTo(
            Stream.of(0.5, 0.9, 0.99, 1.0)
                .map(part -> sorted[(int) Math.ceil(part * count) - 1])
                .toList());
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
