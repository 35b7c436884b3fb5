package io.headroom.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoostedTreesTest {
  private static final List<double[]> THRESHOLDS = List.of(new double[] {1, 2}, new double[] {5});
  private static final int FIRST_AT_2 = BoostedTrees.split(0, 1);
  private static final int SECOND_AT_5 = BoostedTrees.split(1, 0);

  @Test
  void walksToTheLeafAndAddsTheTrees() {
    BoostedTrees trees =
        new BoostedTrees(
            THRESHOLDS,
            List.of(new int[] {FIRST_AT_2, SECOND_AT_5, 0, 0, 0}, new int[] {0}),
            List.of(new int[] {100, 200, 300}, new int[] {7}));

    assertThat(trees.sum(new double[] {2, 5})).isCloseTo(0.0107, within(1e-12));
    assertThat(trees.sum(new double[] {2, 5.1})).isCloseTo(0.0207, within(1e-12));
    assertThat(trees.sum(new double[] {2.1, 0})).isCloseTo(0.0307, within(1e-12));
  }

  @Test
  void noTreeIsNothing() {
    assertThat(BoostedTrees.none(2).sum(new double[] {1, 2})).isZero();
  }

  @Test
  void forgetsThresholdsThatNoSplitNames() {
    BoostedTrees trees =
        new BoostedTrees(
                THRESHOLDS, List.of(new int[] {FIRST_AT_2, 0, 0}), List.of(new int[] {1, 2}))
            .compact();

    assertThat(trees.thresholds().get(0)).containsExactly(2);
    assertThat(trees.thresholds().get(1)).isEmpty();
    assertThat(trees.sum(new double[] {3, 0})).isCloseTo(0.0002, within(1e-12));
  }

  @Test
  void refusesTreesThatAreNone() {
    refused(new int[] {FIRST_AT_2, 0}, 1);
    refused(new int[] {0, 0}, 2);
    refused(new int[] {}, 0);
    refused(new int[] {FIRST_AT_2, 0, 0}, 1);
    refused(new int[] {0}, 2);
    refused(new int[] {BoostedTrees.split(0, 2), 0, 0}, 2);
    refused(new int[] {BoostedTrees.split(2, 0), 0, 0}, 2);
    refused(new int[] {-1, 0, 0}, 2);
  }

  private static void refused(int[] nodes, int leaves) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BoostedTrees(THRESHOLDS, List.of(nodes), List.of(new int[leaves])));
  }
}
