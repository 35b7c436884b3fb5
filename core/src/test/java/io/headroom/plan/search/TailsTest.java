package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TailsTest {
  @ParameterizedTest
  @ValueSource(doubles = {-4, -1.5, -0.1, 0, 0.3, 1, 2.33, 5})
  void normalIsThatOfTheDistribution(double z) {
    double above = 1 - new NormalDistribution().cumulativeProbability(z);

    assertThat(Tails.normal(z)).isCloseTo(above, within(1e-7));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 0.1", "3, 0.5", "0.5, 0.25"})
  void gammaIsThatOfTheDistributionWithinAHundredth(double mean, double variance) {
    GammaDistribution exact = new GammaDistribution(mean * mean / variance, variance / mean);

    for (double part : new double[] {0.5, 0.9, 0.99}) {
      double value = exact.inverseCumulativeProbability(part);
      assertThat(Tails.gamma(value, mean, variance)).isCloseTo(1 - part, within(0.01));
    }
    assertThat(Tails.gamma(0, mean, variance)).isEqualTo(1);
  }
}
