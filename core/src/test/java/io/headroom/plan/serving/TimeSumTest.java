package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimeSumTest {
  @Test
  void everySpanIsInTheBinsThatItCovers() {
    SplittableRandom random = new SplittableRandom(1);
    TimeSum sum = new TimeSum(10);
    double[] expected = new double[200];
    for (int i = 0; i < 500; i++) {
      double from = 1000 * random.nextDouble();
      double to = from + (random.nextBoolean() ? 900 : 9) * random.nextDouble();
      double amount = random.nextInt(1, 5);
      sum.add(from, to, amount);
      for (int bin = 0; bin < expected.length; bin++) {
        double covered = Math.min(to, 10 * (bin + 1)) - Math.max(from, 10 * bin);
        expected[bin] += Math.max(0, covered) * amount;
      }
    }

    assertThat(sum.sums(200)).containsExactly(expected, within(1e-8));
  }
}
