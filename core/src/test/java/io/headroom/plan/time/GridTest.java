package io.headroom.plan.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GridTest {
  @Test
  void pointsAreHalfADoublingApart() {
    assertThat(Grid.halfOctaves(7)).containsExactly(1, 1.5, 2, 3, 4, 6, 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7, 512, 20_000, 32_768, 131_073})
  void theIntervalOfAValueIsThatOfTheLastPointBeforeIt(int most) {
    double[] points = Grid.halfOctaves(most);
    SplittableRandom random = new SplittableRandom(most);
    for (int i = 0; i < 2000; i++) {
      double value =
          i < points.length ? points[i] : 0.5 + 1.5 * most * Math.pow(random.nextDouble(), 3);
      int expected = 0;
      while (expected + 2 < points.length && points[expected + 1] <= value) {
        expected++;
      }
      assertThat(Grid.halfOctave(points.length, value)).as("%s", value).isEqualTo(expected);
    }
  }
}
