package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.plan.serving.Arrivals;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ArrivalPatternTest {
  private static final int COUNT = 50_000;
  private static final double WINDOW_MILLIS = 10_000;

  @Test
  void arrivalsAtRandomHaveOneRate() {
    ArrivalPattern pattern = ArrivalPattern.of(Arrivals.poisson(COUNT, 20, 3), WINDOW_MILLIS);

    assertThat(pattern.variation()).isCloseTo(1, within(0.05));
    assertThat(Arrays.stream(pattern.levels()).boxed())
        .allMatch(level -> level > 0.9 && level < 1.1);
    assertThat(Arrays.stream(pattern.weights()).sum()).isCloseTo(1, within(1e-9));
  }

  @Test
  void burstsVaryMoreAndEvenGapsNotAtAll() {
    double[] even = new double[COUNT];
    Arrays.setAll(even, i -> 50.0 * i);

    assertThat(ArrivalPattern.of(Arrivals.bursty(COUNT, 20, 3, 3), WINDOW_MILLIS).variation())
        .isCloseTo(9, within(1.0));
    assertThat(ArrivalPattern.of(even, WINDOW_MILLIS).variation()).isCloseTo(0, within(1e-9));
  }

  /**
   * An hour at one rate, an hour at three times that: three in four requests come in the second.
   */
  @Test
  void aRateThatChangesSlowlyIsLevels() {
    double[] arrivals = new double[40_000];
    for (int i = 0; i < arrivals.length; i++) {
      arrivals[i] = i < 10_000 ? 360.0 * i : 3_600_000 + 120.0 * (i - 10_000);
    }

    ArrivalPattern pattern = ArrivalPattern.of(arrivals, 60_000);

    assertThat(pattern.levels()[0]).isCloseTo(0.5, within(0.05));
    assertThat(pattern.levels()[pattern.levels().length - 1]).isCloseTo(1.5, within(0.05));
    double ofHigh = 0;
    for (int i = 0; i < pattern.levels().length; i++) {
      ofHigh += pattern.levels()[i] > 1 ? pattern.weights()[i] : 0;
    }
    assertThat(ofHigh).isCloseTo(0.75, within(0.05));
  }

  @Test
  void arrivalsAtOneMomentTellNothing() {
    assertThat(ArrivalPattern.of(new double[] {5, 5, 5}, 1000)).isSameAs(ArrivalPattern.POISSON);
  }
}
