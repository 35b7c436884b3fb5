package io.headroom.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GradientBoostingTest {
  private static final GradientBoosting.Effort EFFORT =
      new GradientBoosting.Effort(60, 8, 5, 0.2, 0.5, GradientBoosting.Refit.NONE);

  @Test
  void learnsWhatTwoFeaturesSayTogether() {
    List<double[]> rows = rows(2_000);
    double[] labels = rows.stream().mapToDouble(GradientBoostingTest::truth).toArray();

    BoostedTrees trees = GradientBoosting.fit(rows, labels, EFFORT);

    assertThat(error(trees)).isLessThan(0.03);
  }

  private static double error(BoostedTrees trees) {
    return rows(500).stream()
        .mapToDouble(row -> Math.abs(trees.sum(row) - truth(row)))
        .average()
        .orElseThrow();
  }

  /** One row in twenty takes seven times as long. */
  @Test
  void outliersDoNotCount() {
    List<double[]> rows = rows(2_000);
    double[] labels = new double[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = truth(rows.get(i)) + (i % 20 == 0 ? 2 : 0.02 * (i % 5 - 2));
    }

    BoostedTrees trees = GradientBoosting.fit(rows, labels, EFFORT);

    double bias =
        rows(500).stream().mapToDouble(row -> trees.sum(row) - truth(row)).average().orElseThrow();
    assertThat(bias).as("their mean is 0.1").isLessThan(0.05);
  }

  @Test
  void leavesThatAreFittedAgainTellMore() {
    List<double[]> rows = rows(2_000);
    double[] labels = rows.stream().mapToDouble(GradientBoostingTest::truth).toArray();
    GradientBoosting.Effort few =
        new GradientBoosting.Effort(15, 8, 5, 0.2, 0.5, GradientBoosting.Refit.NONE);
    GradientBoosting.Effort again =
        new GradientBoosting.Effort(15, 8, 5, 0.2, 0.5, new GradientBoosting.Refit(8, 1));

    assertThat(error(GradientBoosting.fit(rows, labels, again)))
        .isLessThan(0.7 * error(GradientBoosting.fit(rows, labels, few)));
  }

  @Test
  void theSameRowsGiveTheSameTrees() {
    List<double[]> rows = rows(300);
    double[] labels = rows.stream().mapToDouble(GradientBoostingTest::truth).toArray();

    GradientBoosting.Effort again =
        new GradientBoosting.Effort(60, 8, 5, 0.2, 0.5, new GradientBoosting.Refit(3, 1));
    BoostedTrees one = GradientBoosting.fit(rows, labels, again);
    BoostedTrees other = GradientBoosting.fit(rows, labels, again);

    assertThat(one.trees()).usingRecursiveComparison().isEqualTo(other.trees());
    assertThat(one.leaves()).usingRecursiveComparison().isEqualTo(other.leaves());
    assertThat(one.thresholds()).usingRecursiveComparison().isEqualTo(other.thresholds());
  }

  @Test
  void oneStepIsTheMeanOfTheSides() {
    List<double[]> rows = List.of(row(1), row(2), row(10), row(11));

    BoostedTrees trees =
        GradientBoosting.fit(
            rows,
            new double[] {1, 2, 5, 6},
            new GradientBoosting.Effort(1, 2, 1, 1, 0, GradientBoosting.Refit.NONE));

    assertThat(trees.thresholds().get(0)).containsExactly(6);
    assertThat(trees.sum(row(6))).isCloseTo(1.5, within(1e-9));
    assertThat(trees.sum(row(6.1))).isCloseTo(5.5, within(1e-9));
  }

  @Test
  void splitsNothingWhereThereIsNothingToLearn() {
    BoostedTrees trees =
        GradientBoosting.fit(
            List.of(row(1), row(2), row(3)),
            new double[] {2, 2, 2},
            new GradientBoosting.Effort(1, 8, 1, 1, 0, GradientBoosting.Refit.NONE));

    assertThat(trees.trees()).singleElement().isEqualTo(new int[] {BoostedTrees.LEAF});
    assertThat(trees.sum(row(7))).isCloseTo(2, within(1e-9));
  }

  @Test
  void aLeafHasAtLeastSoManyRows() {
    BoostedTrees trees =
        GradientBoosting.fit(
            List.of(row(1), row(2), row(3), row(4)),
            new double[] {9, 0, 0, 0},
            new GradientBoosting.Effort(1, 8, 2, 1, 0, GradientBoosting.Refit.NONE));

    assertThat(trees.sum(row(1))).isCloseTo(4.5, within(1e-9));
  }

  @Test
  void moreValuesThanBinsAreCutWhereRowsAre() {
    List<double[]> rows = new ArrayList<>();
    double[] labels = new double[3_000];
    for (int i = 0; i < labels.length; i++) {
      rows.add(row(i));
      labels[i] = i < 1_500 ? -1 : 1;
    }

    BoostedTrees trees = GradientBoosting.fit(rows, labels, EFFORT);

    assertThat(trees.sum(row(1_400))).isCloseTo(-1, within(0.01));
    assertThat(trees.sum(row(1_600))).isCloseTo(1, within(0.01));
  }

  @Test
  void rowsNeedLabels() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GradientBoosting.fit(List.of(row(1)), new double[2], EFFORT));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GradientBoosting.fit(List.of(), new double[0], EFFORT));
  }

  private static double truth(double[] row) {
    return (row[0] > 0.5 ? 1 : -1) * row[1];
  }

  private static List<double[]> rows(int count) {
    SplittableRandom random = new SplittableRandom(count);
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new double[] {random.nextDouble(), random.nextDouble(), random.nextDouble()});
    }
    return rows;
  }

  private static double[] row(double... values) {
    return values;
  }
}
