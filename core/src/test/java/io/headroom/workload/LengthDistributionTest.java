package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LengthDistributionTest {
  private static final int DRAWS = 100_000;

  /** Some five standard errors of the quantiles tested, with that many draws. */
  private static final Percentage QUANTILE_TOLERANCE = Percentage.withPercentage(2);

  private static final double PARAMETER_TOLERANCE = 1e-12;

  /** Quantiles of the standard normal. */
  private static final double Z_90 = 1.2815515655446004;

  private static final double Z_99 = 2.3263478740408408;

  private static final LognormalLengths AZURE_LIKE = new LognormalLengths(1155, 1020, 14050);

  /** Of a narrow cut and of one that is hardly met. */
  @ParameterizedTest
  @CsvSource({"211, 129, 1000", "211, 129, 200", "1155, 1020, 14050", "30, 20, 60"})
  void aCutLowersTheMeanAsExpected(double mean, double p50, int max) {
    LognormalLengths lengths = new LognormalLengths(mean, p50, max);
    double drawn =
        lengths.draw(400_000, 11).promptTokens().stream()
            .mapToInt(Integer::intValue)
            .average()
            .orElseThrow();

    assertThat(drawn).isCloseTo(lengths.expectedMean(), withinPercentage(1));
    assertThat(lengths.expectedMean()).isLessThan(mean);
  }

  @Test
  void lognormalHasTheParametersOfItsMeanAndMedian() {
    assertThat(AZURE_LIKE.mu()).isCloseTo(Math.log(1020), within(PARAMETER_TOLERANCE));
    // The mean of a lognormal is exp(mu + sigma^2 / 2).
    double mean = Math.exp(AZURE_LIKE.mu() + AZURE_LIKE.sigma() * AZURE_LIKE.sigma() / 2);
    assertThat(mean).isCloseTo(1155, Percentage.withPercentage(100 * PARAMETER_TOLERANCE));
  }

  @Test
  void lognormalHasTheQuantilesOfItsParameters() {
    DrawnLengths drawn = AZURE_LIKE.draw(DRAWS, 42);

    List<Integer> sorted = drawn.promptTokens().stream().sorted().toList();
    assertThat(sorted).hasSize(DRAWS);
    assertThat((double) sorted.get(DRAWS / 2)).isCloseTo(1020, QUANTILE_TOLERANCE);
    assertThat((double) sorted.get(DRAWS * 9 / 10))
        .isCloseTo(1020 * Math.exp(AZURE_LIKE.sigma() * Z_90), QUANTILE_TOLERANCE);
    assertThat((double) sorted.get(DRAWS * 99 / 100))
        .isCloseTo(1020 * Math.exp(AZURE_LIKE.sigma() * Z_99), QUANTILE_TOLERANCE);
    assertThat(mean(sorted)).isCloseTo(1155, QUANTILE_TOLERANCE);
  }

  @Test
  void lognormalDrawsAgainAboveMaxAndCountsIt() {
    int max = (int) (1020 * Math.exp(AZURE_LIKE.sigma() * Z_90));
    DrawnLengths drawn = new LognormalLengths(1155, 1020, max).draw(DRAWS, 42);

    assertThat(drawn.promptTokens()).hasSize(DRAWS).allMatch(tokens -> tokens <= max);
    // One draw in ten is thrown away, so DRAWS / 9 for each that is kept.
    assertThat((double) drawn.redrawn()).isCloseTo(DRAWS / 9.0, Percentage.withPercentage(5));
    assertThat(mean(drawn.promptTokens())).isLessThan(1155);
  }

  @Test
  void lognormalStaysWithinOneToMaxHoweverWide() {
    DrawnLengths drawn = new LognormalLengths(Double.MAX_VALUE, 1, 1).draw(100, 7);

    assertThat(drawn.promptTokens()).hasSize(100).containsOnly(1);
    assertThat(drawn.redrawn()).isPositive();
  }

  @Test
  void seedsDecideEverything() {
    assertThat(AZURE_LIKE.draw(1000, 42)).isEqualTo(AZURE_LIKE.draw(1000, 42));
    assertThat(AZURE_LIKE.draw(1000, 42)).isNotEqualTo(AZURE_LIKE.draw(1000, 43));
    assertThat(AZURE_LIKE.draw(10, 42).promptTokens())
        .isEqualTo(AZURE_LIKE.draw(1000, 42).promptTokens().subList(0, 10));
  }

  /** What the same arithmetic gives in Python: a change on any machine or JDK would be seen. */
  @Test
  void drawsAreTheSameOnEveryMachine() {
    assertThat(AZURE_LIKE.draw(5, 42).promptTokens()).containsExactly(1584, 815, 1120, 1138, 730);
    assertThat(new UniformLengths(1, 1000).draw(5, 42).promptTokens())
        .containsExactly(742, 160, 279, 345, 39);
  }

  @Test
  void uniformReachesBothEndsEquallyOften() {
    List<Integer> drawn = new UniformLengths(3, 7).draw(DRAWS, 1).promptTokens();

    int expected = DRAWS / 5;
    IntStream.rangeClosed(3, 7)
        .forEach(
            tokens ->
                assertThat(drawn.stream().filter(drawnTokens -> drawnTokens == tokens).count())
                    .isCloseTo(expected, Percentage.withPercentage(4)));
    assertThat(drawn).hasSize(DRAWS).allMatch(tokens -> tokens >= 3 && tokens <= 7);
  }

  @Test
  void uniformTakesOneLengthAndTheWidestRange() {
    assertThat(new UniformLengths(5, 5).draw(3, 1).promptTokens()).containsExactly(5, 5, 5);
    assertThat(new UniformLengths(1, Integer.MAX_VALUE).draw(DRAWS, 1).promptTokens())
        .allMatch(tokens -> tokens >= 1)
        .anyMatch(tokens -> tokens > Integer.MAX_VALUE / 10 * 9);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1020, 1019, Double.NaN, Double.POSITIVE_INFINITY})
  void lognormalMeanMustBeAboveTheMedian(double mean) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LognormalLengths(mean, 1020, 14050))
        .withMessage("lognormal mean must be finite and above p50, which is 1020.0: " + mean);
  }

  @Test
  void refusesImpossibleBounds() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LognormalLengths(2, 0.5, 10))
        .withMessage("lognormal p50 must be at least 1: 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LognormalLengths(1155, 1020, 1019))
        .withMessage("lognormal max must be at least p50, which is 1020.0: 1019");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UniformLengths(0, 5))
        .withMessage("uniform min must be at least 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UniformLengths(6, 5))
        .withMessage("uniform max must be at least min, which is 6: 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AZURE_LIKE.draw(-1, 42))
        .withMessage("count must not be negative: -1");
  }

  private static double mean(List<Integer> tokens) {
    return tokens.stream().mapToInt(Integer::intValue).average().orElseThrow();
  }
}
