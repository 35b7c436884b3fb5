package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long BUDGET_MILLIS = 1_000_000;

  @Test
  void steadyAtOnce() {
    assertThat(run(BUDGET_MILLIS, 1000, 1000, 1000)).isEqualTo(new WarmUp.Outcome(3, true));
    assertThat(run(BUDGET_MILLIS, 1000, 1099, 1050)).isEqualTo(new WarmUp.Outcome(3, true));
    assertThat(run(BUDGET_MILLIS, 100, 100, 100)).isEqualTo(new WarmUp.Outcome(3, true));
  }

  @Test
  void steadyLate() {
    assertThat(run(BUDGET_MILLIS, 9000, 5000, 2000, 1300, 1000, 1101, 1010, 1005, 1002))
        .isEqualTo(new WarmUp.Outcome(8, true));
  }

  @Test
  void slowerAgainIsNotSteady() {
    assertThat(run(BUDGET_MILLIS, 1000, 1000, 1101, 1000, 1101, 1101, 1101))
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

  @Test
  void shortActionsAreComparedOverStretches() {
    // Stretches of 100 ms: 5 actions of 20 ms, then 10 of 10 ms each.
    long[] durations =
        LongStream.concat(LongStream.generate(() -> 20).limit(5), LongStream.generate(() -> 10))
            .limit(1000)
            .toArray();

    assertThat(run(BUDGET_MILLIS, durations)).isEqualTo(new WarmUp.Outcome(5 + 30, true));
  }

  @Test
  void anActionThatIsCompiledAfterAWhileIsNotSteadyBefore() {
    // In the third stretch, after 3 of its 43 actions, it becomes 20 times faster.
    long[] durations =
        LongStream.concat(LongStream.generate(() -> 20).limit(13), LongStream.generate(() -> 1))
            .limit(1000)
            .toArray();

    assertThat(run(BUDGET_MILLIS, durations)).isEqualTo(new WarmUp.Outcome(13 + 40 + 200, true));
  }

  @Test
  void oneInterruptionInAStretchDoesNotMatter() {
    long[] durations = LongStream.range(0, 1000).map(i -> i % 10 == 5 ? 31 : 10).toArray();

    assertThat(run(BUDGET_MILLIS, durations)).isEqualTo(new WarmUp.Outcome(8 + 8 + 10, true));
  }

  @Test
  void aSmallBudgetHasShortStretches() {
    // An eighth of 80 ms: stretches of 10 actions.
    long[] durations = LongStream.generate(() -> 1).limit(1000).toArray();

    assertThat(run(80, durations)).isEqualTo(new WarmUp.Outcome(30, true));
  }

  /** Fails if the action runs more often than there are durations. */
  private static WarmUp.Outcome run(long budgetMillis, long... durationsMillis) {
    Iterator<Long> script = Arrays.stream(durationsMillis).iterator();
    return WarmUp.run(() -> script.next() * NANOS_PER_MILLI, budgetMillis * NANOS_PER_MILLI);
  }
}
