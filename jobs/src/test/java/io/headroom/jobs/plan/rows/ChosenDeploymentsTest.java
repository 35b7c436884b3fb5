package io.headroom.jobs.plan.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.search.FoundDeployment;
import io.headroom.plan.search.ParallelChoice;
import io.headroom.plan.search.SearchSpace;
import io.headroom.plan.search.SearchTally;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChosenDeploymentsTest {
  /** Numbers count utilisations first, then sequences, batched tokens and so on. */
  private static final SearchSpace SPACE =
      new SearchSpace(
          List.of(),
          List.of("one", "other"),
          List.of(new ParallelChoice(1, 1, 1, 1), new ParallelChoice(2, 1, 1, 1)),
          List.of(SearchSpace.AS_CHECKPOINT),
          List.of(KvPrecision.BF16),
          List.of(2048, 8192),
          List.of(false),
          List.of(64, 256),
          List.of(0.8, 0.9));

  private static final long BY_SEQUENCES = 2;
  private static final long BY_TOKENS = 4;
  private static final long BY_RANKS = 8;

  private static FoundDeployment found(long number, double cost) {
    return new FoundDeployment(number, cost, 1, 1, 1, 0);
  }

  private static SearchTally tally() {
    SearchTally tally = new SearchTally(10);
    tally.keep(0, found(0, 5));
    tally.keep(0, found(BY_SEQUENCES, 6));
    tally.keep(0, found(1, 7));
    tally.keep(0, found(BY_TOKENS, 8));
    tally.keep(0, found(BY_RANKS, 9));
    tally.keep(1, found(100, 4));
    return tally;
  }

  @Test
  void theBestOfEveryQuestionComeFirst() {
    assertThat(ChosenDeployments.of(tally(), SPACE, 2)).containsExactly(100L, 0L);
    assertThat(ChosenDeployments.of(tally(), SPACE, 1)).containsExactly(100L);
  }

  /** Another number of sequences or part of the memory alone is not worth a simulation. */
  @Test
  void thenOthersOfAnotherKind() {
    assertThat(ChosenDeployments.of(tally(), SPACE, 99))
        .containsExactly(100L, 0L, BY_TOKENS, BY_RANKS);
  }
}
