package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RequestsTest {
  private static final Requests TWO =
      new Requests(new double[] {0, 5}, new int[] {10, 20}, new int[] {1, 2});

  @Test
  void whatIsNoListOfRequestsIsRefused() {
    assertRefused(
        () -> new Requests(new double[] {0}, new int[] {1, 1}, new int[] {1}),
        "as many inputs as arrivals: 2, 1");
    assertRefused(
        () -> new Requests(new double[] {0}, new int[] {1}, new int[0]),
        "as many outputs as arrivals: 0, 1");
    assertRefused(
        () -> new Requests(new double[] {3, 2}, new int[] {1, 1}, new int[] {1, 1}),
        "arrivals must be in order and from 0: 2.0 at 1");
    assertRefused(
        () -> new Requests(new double[] {Double.NaN}, new int[] {1}, new int[] {1}),
        "arrivals must be in order and from 0: NaN at 0");
    assertRefused(
        () -> new Requests(new double[] {1}, new int[] {1}, new int[] {0}),
        "tokens must be at least 1: 1, 0 at 0");
  }

  @Test
  void blocksAreThoseOfItsPrompt() {
    assertRefused(
        () -> TWO.withPrefixBlocks(new int[][] {{1, 2}, {1, 2, 3, 4}}, 8),
        "more blocks than 20 tokens are: 4 at 1");
    assertRefused(
        () -> TWO.withPrefixBlocks(new int[][] {{1}}, 8),
        "as many lists of blocks as arrivals: 1, 2");
    assertRefused(
        () -> TWO.withPrefixBlocks(new int[][] {{}, {}}, 0), "a block has at least 1 token: 0");
  }

  @Test
  void onlyWholeBlocksAreKept() {
    Requests shared = TWO.withPrefixBlocks(new int[][] {{70, 80}, {70, -9, 4}}, 8);

    assertThat(shared.wholePrefixBlocks(0)).containsExactly(0);
    assertThat(shared.wholePrefixBlocks(1)).containsExactly(0, 1);
    assertThat(shared.distinctPrefixBlocks()).isEqualTo(2);
  }

  @Test
  void whoFollowsAnotherComesAfterIt() {
    assertRefused(
        () -> TWO.inSessions(new int[] {1, -1}, new double[2]),
        "a previous request must be an earlier one: 1 at 0");
    assertRefused(
        () -> TWO.inSessions(new int[] {-1, 0}, new double[] {0, -1}),
        "a delay must not be negative: -1.0 at 1");
  }

  @Test
  void itsOwnTimeMattersOnlyToWhoFollowsNobody() {
    Requests session = TWO.inSessions(new int[] {-1, 0}, new double[] {0, 3});

    assertThat(session.arrivingAt(new double[] {8, 1}).arrivalMillis(0)).isEqualTo(8);
    assertRefused(
        () -> TWO.arrivingAt(new double[] {8, 1}),
        "arrivals must be in order and from 0: 1.0 at 1");
  }

  private static void assertRefused(Runnable made, String message) {
    assertThatIllegalArgumentException().isThrownBy(made::run).withMessage(message);
  }
}
