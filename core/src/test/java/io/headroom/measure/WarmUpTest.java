package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final long BUDGET_NANOS = 1_000_000;

  @Test
  void steadyAtOnce() {
    assertThat(run(BUDGET_NANOS, 1000, 1000, 1000)).isEqualTo(new WarmUp.Outcome(3, true));
    assertThat(run(BUDGET_NANOS, 1000, 1100, 1050)).isEqualTo(new WarmUp.Outcome(3, true));
    assertThat(run(BUDGET_NANOS, 0, 0, 0)).isEqualTo(new WarmUp.Outcome(3, true));
  }

  @Test
  void steadyLate() {
    assertThat(run(BUDGET_NANOS, 9000, 5000, 2000, 1300, 1000, 1101, 1010, 1005, 1002))
        .isEqualTo(new WarmUp.Outcome(8, true));
  }

  @Test
  void slowerAgainIsNotSteady() {
    // Two agree, the third does not: the window begins anew.
    assertThat(run(BUDGET_NANOS, 1000, 1000, 1101, 1000, 1101, 1101, 1101))
        .isEqualTo(new WarmUp.Outcome(7, true));
  }

  @Test
  void neverSteadyEndsWithTheBudget() {
    long[] alternating = LongStream.range(0, 1000).map(i -> i % 2 == 0 ? 1000 : 2000).toArray();

    assertThat(run(15_000, alternating)).isEqualTo(new WarmUp.Outcome(10, false));
    assertThat(run(15_001, alternating)).isEqualTo(new WarmUp.Outcome(11, false));
  }

  @Test
  void theFirstAlwaysRuns() {
    assertThat(run(0, 1000)).isEqualTo(new WarmUp.Outcome(1, false));
    assertThat(run(500, 1000)).isEqualTo(new WarmUp.Outcome(1, false));
  }

  @Test
  void steadyInTheLastMomentIsSteady() {
    assertThat(run(3000, 1000, 1000, 1000)).isEqualTo(new WarmUp.Outcome(3, true));
    assertThat(run(2000, 1000, 1000, 1000)).isEqualTo(new WarmUp.Outcome(2, false));
  }

  /** Fails if the action runs more often than there are durations. */
  private static WarmUp.Outcome run(long budgetNanos, long... durations) {
    Iterator<Long> script = Arrays.stream(durations).iterator();
    return WarmUp.run(script::next, budgetNanos);
  }
}
