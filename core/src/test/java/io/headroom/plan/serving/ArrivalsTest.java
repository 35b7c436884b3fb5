package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalsTest {
  private static final int MANY = 200_000;

  @Test
  void poissonGapsHaveTheirMeanAndVaryAsMuch() {
    double[] gaps = gaps(Arrivals.poisson(MANY, 20, 1));

    assertThat(mean(gaps)).isCloseTo(50, withinPercentage(1));
    assertThat(deviation(gaps) / mean(gaps)).isCloseTo(1, withinPercentage(1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2, 4})
  void burstsVaryAsTheyAreAskedTo(double variation) {
    double[] gaps = gaps(Arrivals.bursty(MANY, 20, variation, 1));

    assertThat(mean(gaps)).isCloseTo(50, withinPercentage(3));
    assertThat(deviation(gaps) / mean(gaps)).isCloseTo(variation, withinPercentage(3));
  }

  @Test
  void theSameSeedHasTheSameTimes() {
    assertThat(Arrivals.poisson(100, 3, 7)).isEqualTo(Arrivals.poisson(100, 3, 7));
    assertThat(Arrivals.bursty(100, 3, 2, 7)).isEqualTo(Arrivals.bursty(100, 3, 2, 7));
    assertThat(Arrivals.poisson(100, 3, 7)).isNotEqualTo(Arrivals.poisson(100, 3, 8));
  }

  @Test
  void aTraceIsScaledFromItsBeginning() {
    assertThat(Arrivals.scaled(new double[] {500, 600, 900}, 4)).containsExactly(0, 25, 100);
  }

  @Test
  void aRepeatedTraceHasItsRateAndNoCopyIsLikeAnother() {
    double[] trace = IntStream.range(0, 1000).mapToDouble(i -> 7.0 * i + i % 5).toArray();

    double[] all = Arrivals.repeated(trace, 10_500, 40, 3);

    assertThat(all).isSorted().hasSize(10_500);
    assertThat(all[10_499]).isCloseTo(7.0 * 10_500, within(60.0));
    double[] first = Arrays.copyOf(gaps(all), 900);
    double[] second = Arrays.copyOfRange(gaps(all), 1000, 1900);
    assertThat(first).isNotEqualTo(second);
    assertThat(Arrivals.repeated(trace, 1000, 0, 3)).isEqualTo(trace);
  }

  @Test
  void whatIsNoRateIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arrivals.poisson(1, 0, 1))
        .withMessage("a rate must be more than 0: 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arrivals.bursty(1, 1, -1, 1))
        .withMessage("a variation must be more than 0: -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arrivals.scaled(new double[] {1}, Double.NaN))
        .withMessage("a scale must be more than 0: NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arrivals.repeated(new double[0], 1, 1, 1))
        .withMessageStartingWith("a trace has at least 1 time");
  }

  private static double[] gaps(double[] times) {
    return IntStream.range(1, times.length).mapToDouble(i -> times[i] - times[i - 1]).toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        Arrays.stream(values)
            .map(value -> (value - mean) * (value - mean))
            .average()
            .orElseThrow());
  }
}
