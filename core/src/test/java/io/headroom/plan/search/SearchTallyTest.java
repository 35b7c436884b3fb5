package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SearchTallyTest {
  private static final int KEPT = 5;
  private static final List<Reason> REASONS =
      List.of(
          Reason.of(Limit.KV),
          Reason.of(Limit.TTFT),
          new Reason(Limit.UNSUPPORTED, "heads"),
          new Reason(Limit.UNSUPPORTED, "experts"));

  /** As executors do: in parts of any size, added up in any order. */
  @Test
  void partsAddUpToTheWhole() {
    SearchTally whole = new SearchTally(KEPT);
    SearchTally[] parts = {new SearchTally(KEPT), new SearchTally(KEPT), new SearchTally(KEPT)};
    Random random = new Random(8);
    for (int number = 0; number < 500; number++) {
      int question = random.nextInt(4);
      SearchTally part = parts[random.nextInt(3)];
      if (random.nextBoolean()) {
        FoundDeployment found =
            FrontTest.found(number, random.nextInt(30), random.nextInt(9), random.nextInt(3));
        for (SearchTally tally : new SearchTally[] {whole, part}) {
          tally.countFeasible(question, 1);
          tally.keep(question, found);
          tally.keepInFront("model " + question % 2, found);
        }
      } else {
        Reason reason = REASONS.get(random.nextInt(REASONS.size()));
        whole.countInfeasible(question, reason, new SearchTally.Count(1, number));
        part.countInfeasible(question, reason, new SearchTally.Count(1, number));
      }
    }
    SearchTally added = new SearchTally(KEPT).add(parts[2]).add(parts[0]).add(parts[1]);

    assertThat(added.best()).isEqualTo(whole.best());
    assertThat(added.best().values()).allSatisfy(best -> assertThat(best).hasSize(KEPT));
    assertThat(added.fronts()).isEqualTo(whole.fronts());
    assertThat(added.feasible()).isEqualTo(whole.feasible());
    assertThat(added.infeasible()).isEqualTo(whole.infeasible());
    assertThat(added.infeasible().values())
        .allSatisfy(counts -> assertThat(counts).hasSameSizeAs(REASONS));
  }
}
