package io.headroom.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.kvcache.HeadTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartialAttentionTest {
  private static final double ROUNDING = 1e-12;

  /** Half a unit in the last place of a float32, and some. */
  private static final float FLOAT_ROUNDING = 1e-7f;

  private static final double NONE = Double.NEGATIVE_INFINITY;

  @Test
  void outputsAreWeighedByTheirSums() {
    // Sums of weights 1 and 3: a quarter of (4, 8) and three quarters of (0, 4).
    PartialAttention partial = row(0, 4, 8);

    partial.merge(row(Math.log(3), 0, 4));

    assertThat(partial.output().data()).containsExactly(new float[] {1, 5}, within(2e-6f));
    assertThat(partial.logSumExps()[0]).isCloseTo(Math.log(4), within(ROUNDING));
  }

  @Test
  void rowsOfViewsAreMergedOneByOne() {
    float[] room = new float[20];
    HeadTensor view = new HeadTensor(room, 3, 2, 2, 1, 8);
    PartialAttention partial = new PartialAttention(view, new double[] {0, NONE, 5, NONE});
    room[view.row(0, 0)] = 2;
    room[view.row(1, 0)] = 7;

    partial.merge(
        new PartialAttention(
            HeadTensor.of(new float[] {4, 9, 0, 0}, 2, 2, 1), new double[] {0, 1, NONE, NONE}));

    assertThat(room[view.row(0, 0)]).isEqualTo(3);
    assertThat(room[view.row(0, 1)]).isEqualTo(9);
    assertThat(room[view.row(1, 0)]).isEqualTo(7);
    assertThat(room[view.row(1, 1)]).isZero();
    assertThat(partial.logSumExps()[0]).isCloseTo(Math.log(2), within(ROUNDING));
    assertThat(partial.logSumExps()).endsWith(1, 5, NONE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e30, -800, 0, 3, 800, 1e30})
  void nothingSeenChangesNothing(double logSumExp) {
    PartialAttention left = row(logSumExp, 0.1f, -3e38f);
    PartialAttention right = row(NONE, 0, 0);

    left.merge(row(NONE, 0, 0));
    right.merge(row(logSumExp, 0.1f, -3e38f));

    for (PartialAttention merged : new PartialAttention[] {left, right}) {
      assertThat(merged.output().data()).containsExactly(0.1f, -3e38f);
      assertThat(merged.logSumExps()).containsExactly(logSumExp);
    }
  }

  @Test
  void nothingAndNothingIsNothing() {
    PartialAttention partial = PartialAttention.empty(new AttentionShape(4, 2, 8, 3), 5);

    partial.merge(PartialAttention.empty(new AttentionShape(4, 2, 8, 3), 5));

    assertThat(partial.output().data()).hasSize(4 * 5 * 3).containsOnly(0);
    assertThat(partial.logSumExps()).hasSize(4 * 5).containsOnly(NONE);
  }

  @ParameterizedTest
  @CsvSource({"-1e300, 1e300", "1000, 2000", "-2000, -1000", "1e30, 1.1e30"})
  void exponentialsDoNotOverflow(double less, double more) {
    PartialAttention left = row(less, 1, 2);
    PartialAttention right = row(more, 5, 6);

    left.merge(row(more, 5, 6));
    right.merge(row(less, 1, 2));

    for (PartialAttention merged : new PartialAttention[] {left, right}) {
      assertThat(merged.output().data()).containsExactly(5, 6);
      assertThat(merged.logSumExps()).containsExactly(more);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e6, 1e6})
  void largeEqualSumsShareTheWeight(double logSumExp) {
    PartialAttention partial = row(logSumExp, 1, 2);

    partial.merge(row(logSumExp, 5, 6));

    assertThat(partial.output().data()).containsExactly(new float[] {3, 4}, within(FLOAT_ROUNDING));
    assertThat(partial.logSumExps()[0] - logSumExp).isCloseTo(Math.log(2), within(1e-9));
  }

  @Test
  void theLargestOutputsDoNotOverflow() {
    PartialAttention partial = row(5, Float.MAX_VALUE, -Float.MAX_VALUE);

    partial.merge(row(5, Float.MAX_VALUE, Float.MAX_VALUE));

    assertThat(partial.output().data()).containsExactly(Float.MAX_VALUE, 0);
  }

  @Test
  void nanStays() {
    PartialAttention ofScores = row(Double.NaN, Float.NaN, Float.NaN);
    PartialAttention ofValues = row(2, Float.NaN, 4);
    PartialAttention infinite = row(Double.POSITIVE_INFINITY, 1, 2);
    for (double sum : new double[] {NONE, -1e9, 2, 1e9}) {
      PartialAttention left = row(sum, 0, 0);
      left.merge(ofScores);
      assertThat(left.output().data()).containsOnly(Float.NaN);
      assertThat(left.logSumExps()).containsOnly(Double.NaN);

      PartialAttention right = row(Double.NaN, Float.NaN, Float.NaN);
      right.merge(row(sum, 0, 0));
      assertThat(right.output().data()).containsOnly(Float.NaN);
      assertThat(right.logSumExps()).containsOnly(Double.NaN);

      PartialAttention one = row(sum, 0, 4);
      one.merge(ofValues);
      assertThat(one.output().data()[0]).isNaN();
      assertThat(one.output().data()[1]).isNotNaN();

      PartialAttention other = row(sum, 0, 0);
      other.merge(infinite);
      assertThat(other.output().data()).containsOnly(Float.NaN);
    }
  }

  @Test
  void otherRowsAreRefused() {
    PartialAttention partial = PartialAttention.empty(new AttentionShape(2, 1, 8, 3), 5);

    for (PartialAttention other :
        new PartialAttention[] {
          PartialAttention.empty(new AttentionShape(1, 1, 8, 3), 5),
          PartialAttention.empty(new AttentionShape(2, 1, 8, 4), 5),
          PartialAttention.empty(new AttentionShape(2, 1, 8, 3), 4)
        }) {
      assertThatThrownBy(() -> partial.merge(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("outputs of 2 heads, 5 tokens of 3 and of ");
    }
    assertThatThrownBy(() -> new PartialAttention(HeadTensor.zeros(2, 5, 3), new double[9]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("9 sums do not fit outputs of 2 heads and 5 tokens");
  }

  private static PartialAttention row(double logSumExp, float... output) {
    return new PartialAttention(
        HeadTensor.of(output.clone(), 1, 1, output.length), new double[] {logSumExp});
  }
}
