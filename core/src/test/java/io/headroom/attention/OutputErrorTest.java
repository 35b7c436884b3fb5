package io.headroom.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OutputErrorTest {
  private static final double ROUNDING = 1e-15;

  @Test
  void errorsAreThoseOfAllRowsTogether() {
    OutputError.Sum sum = new OutputError.Sum();
    sum.add(new float[] {9, 3, 0}, 1, new float[] {3, 4, 9}, 0, 2);
    sum.add(new float[] {0, 12}, 0, new float[] {7, 0, 12}, 1, 2);

    // Differences 0, -4, 0, 0 over 3, 4, 0, 12.
    OutputError error = sum.error();
    assertThat(error.maxAbsolute()).isEqualTo(4);
    assertThat(error.relativeL2()).isCloseTo(4.0 / 13, within(ROUNDING));
    assertThat(error.isWithin(0.31)).isTrue();
    assertThat(error.isWithin(0.30)).isFalse();
    assertThat(error.isWithin(error.relativeL2())).isTrue();
  }

  @Test
  void aReferenceMayBeMoreExactThanTheOutput() {
    OutputError error = OutputError.between(new float[] {3, 4}, new double[] {3, 4 + 5e-9});

    assertThat(error.maxAbsolute()).isCloseTo(5e-9, within(ROUNDING));
    assertThat(error.relativeL2()).isCloseTo(1e-9, within(ROUNDING));
  }

  @Test
  void nanIsNeverWithinTolerance() {
    for (float[][] pair :
        new float[][][] {
          {{Float.NaN, 1}, {1, 1}},
          {{1, 1}, {1, Float.NaN}},
          {{Float.POSITIVE_INFINITY, 1}, {Float.POSITIVE_INFINITY, 1}}
        }) {
      OutputError error = error(pair[0], pair[1]);
      assertThat(error.maxAbsolute()).isNaN();
      assertThat(error.relativeL2()).isNaN();
      assertThat(error.isWithin(Double.POSITIVE_INFINITY)).isFalse();
    }
  }

  @Test
  void anInfiniteOutputIsInfinitelyWrong() {
    OutputError error = error(new float[] {1, Float.NEGATIVE_INFINITY}, new float[] {1, 1});

    assertThat(error.maxAbsolute()).isInfinite();
    assertThat(error.isWithin(Double.MAX_VALUE)).isFalse();
  }

  @Test
  void zerosMayOnlyBeZeros() {
    assertThat(error(new float[] {0, -0f}, new float[] {0, 0}))
        .isEqualTo(new OutputError(0, 0))
        .matches(error -> error.isWithin(0));
    OutputError tiny = error(new float[] {0, Float.MIN_VALUE}, new float[] {0, 0});
    assertThat(tiny.relativeL2()).isInfinite();
    assertThat(tiny.isWithin(1)).isFalse();
  }

  @Test
  void theLargestNumbersDoNotOverflow() {
    float most = Float.MAX_VALUE;

    OutputError error = error(new float[] {-most, most}, new float[] {most, most});

    assertThat(error.maxAbsolute()).isEqualTo(2.0 * most);
    assertThat(error.relativeL2()).isCloseTo(Math.sqrt(2), within(ROUNDING));
  }

  private static OutputError error(float[] actual, float[] reference) {
    OutputError.Sum sum = new OutputError.Sum();
    sum.add(actual, 0, reference, 0, actual.length);
    return sum.error();
  }
}
