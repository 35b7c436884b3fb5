package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingSimulationTest {
  /** A step of 10 ms, and one more for every hundred tokens of prompts. */
  private static final StepClock CLOCK =
      (decoding, kept, prompts, tokens, prior) -> 10 + prompts * tokens / 100;

  @Test
  void aLoneRequestHasTheTimesOfItsSteps() {
    ServingResult result = run(colocated(1, 1000), at(new double[] {7}, 500, 11));

    assertThat(result.completed()).isEqualTo(1);
    assertThat(result.steps()).isEqualTo(11);
    assertThat(result.ttft().p50()).isEqualTo(15);
    assertThat(result.tpot().mean()).isEqualTo(10);
    assertThat(result.endToEnd().max()).isEqualTo(115);
    assertThat(result.queueing().max()).isZero();
    assertThat(result.millis()).isEqualTo(115);
    assertThat(result.outputTokensPerSecond()).isCloseTo(11 / 0.115, within(1e-9));
    assertThat(result.meanRunning()).isEqualTo(1);
    assertThat(result.saturated()).isFalse();
    // 500 positions while the prompt runs, and one more with each of 10 steps.
    assertThat(result.peakKvOccupancy()).isEqualTo(0.51);
    double blockMillis = 15 * 500 + 10 * (501 + 510) / 2.0 * 10;
    assertThat(result.meanKvOccupancy()).isCloseTo(blockMillis / 115 / 1000, within(1e-12));
  }

  @Test
  void oneTokenHasNoTimePerToken() {
    ServingResult result = run(colocated(1, 1000), at(new double[] {0}, 10, 1));

    assertThat(result.tpot().count()).isZero();
    assertThat(result.tpot().p99()).isNaN();
  }

  @Test
  void whatCannotFitIsCountedAndHoldsUpNobody() {
    Requests requests =
        new Requests(new double[] {0, 1, 2}, new int[] {990, 991, 10}, new int[] {11, 11, 11});

    ServingResult result = run(colocated(1, 1000), requests);

    // The last of 11 tokens is never in the cache: 990 + 10.
    assertThat(result.neverFit()).isEqualTo(1);
    assertThat(result.completed()).isEqualTo(2);
    assertThat(result.requests()).isEqualTo(3);
  }

  /** Of the 20 tokens to come 14 are reserved, but all of them come in the next step. */
  @Test
  void thePoolNeverHoldsMoreThanItHasRoomFor() {
    EngineScheduler engine =
        new EngineScheduler(
            "some", Scheduling.CHUNKED_PROMPTS, 2048, 256, 0.7, 0.9, false, 0, "a test");
    double[] arrivals = new double[21];
    int[] inputs = new int[21];
    int[] outputs = new int[21];
    Arrays.fill(inputs, 10);
    Arrays.fill(outputs, 2);
    arrivals[20] = 1;
    outputs[20] = 1;
    ReplicaSetup setup = new ReplicaSetup(engine, CLOCK, 1, 229, 1);

    ServingResult result =
        run(
            new ColocatedFleet(setup, 1, Routing.ROUND_ROBIN),
            new Requests(arrivals, inputs, outputs));

    assertThat(result.peakKvOccupancy()).isEqualTo(220 / 229.0);
  }

  @Test
  void whereNothingFitsThereIsNoTime() {
    ServingResult result = run(colocated(1, 100), at(new double[] {0, 1}, 200, 1));

    assertThat(result.neverFit()).isEqualTo(2);
    assertThat(result.millis()).isZero();
    assertThat(result.outputTokensPerSecond()).isZero();
    assertThat(result.ttft().count()).isZero();
  }

  @Test
  void turnsOfASessionComeOneAfterAnother() {
    Requests turns =
        at(new double[] {0, 0, 0}, 100, 3)
            .inSessions(new int[] {-1, 0, 1}, new double[] {0, 1000, 500});

    ServingResult result = run(colocated(1, 1000), turns);

    // Each takes a step of 11 ms and two of 10.
    assertThat(result.millis()).isEqualTo(31 + 1000 + 31 + 500 + 31);
    assertThat(result.queueing().max()).isZero();
    assertThat(result.meanRunning()).isCloseTo(93 / 1593.0, within(1e-12));
  }

  @Test
  void whoFollowsARequestThatNeverFitsFollowsItsRefusal() {
    Requests turns =
        new Requests(new double[] {5, 5}, new int[] {5000, 100}, new int[] {1, 1})
            .inSessions(new int[] {-1, 0}, new double[] {0, 40});

    ServingResult result = run(colocated(1, 1000), turns);

    assertThat(result.neverFit()).isEqualTo(1);
    assertThat(result.completed()).isEqualTo(1);
    assertThat(ServingSimulation.run(colocated(1, 1000), turns, 10).timeline().get(4).arrivals())
        .isEqualTo(1);
  }

  @Test
  void aTransferLiesBetweenTheFirstTokenAndTheSecond() {
    DisaggregatedFleet fleet =
        new DisaggregatedFleet(replica(1000), 1, replica(1000), 1, Routing.ROUND_ROBIN, 0.1, 5);

    ServingResult result = run(fleet, at(new double[] {0, 0}, 400, 3));

    // Both prompts are one step of 18 ms; the link sends one after the other for 45 ms each. The
    // second is there 108 ms after the beginning.
    assertThat(result.ttft().max()).isEqualTo(18);
    assertThat(result.endToEnd().p50()).isEqualTo(18 + 45 + 20);
    assertThat(result.endToEnd().max()).isEqualTo(18 + 45 + 45 + 20);
    assertThat(result.completed()).isEqualTo(2);
    // Room for the second is taken when its transfer begins.
    assertThat(result.peakKvOccupancy()).isEqualTo(0.802);
  }

  @Test
  void promptsWaitWhereTheOtherPoolIsFull() {
    DisaggregatedFleet fleet =
        new DisaggregatedFleet(replica(1000), 1, replica(410), 1, Routing.ROUND_ROBIN, 0, 0);

    ServingResult result = run(fleet, at(new double[] {0, 0, 0}, 400, 3));

    // Two prompts fill the first pool; the second sequence decodes when the first has ended.
    assertThat(result.endToEnd().p50()).isEqualTo(18 + 20 + 20);
    assertThat(result.queueing().max()).isGreaterThanOrEqualTo(18);
    assertThat(result.completed()).isEqualTo(3);
    assertThat(result.preemptions()).isZero();
  }

  @Test
  void oneOfTheTwoPoolsTooSmallIsEnoughNotToFit() {
    DisaggregatedFleet fleet =
        new DisaggregatedFleet(replica(1000), 1, replica(410), 1, Routing.LEAST_KV, 0, 0);

    assertThat(run(fleet, at(new double[] {0}, 400, 12)).neverFit()).isEqualTo(1);
    assertThat(run(fleet, at(new double[] {0}, 400, 11)).neverFit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 0.97, 1.03, 1.2, 3})
  void aQueueThatGrowsIsSaturated(double load) {
    EngineScheduler engine =
        new EngineScheduler("some", Scheduling.WHOLE_PROMPTS, 1000, 1, 0, 0.9, false, 0, "a test");
    Fleet fleet =
        new ColocatedFleet(new ReplicaSetup(engine, CLOCK, 1, 1000, 1), 1, Routing.ROUND_ROBIN);
    double serviceSeconds = 0.015;
    int count = 20_000;

    ServingResult result =
        run(fleet, at(Arrivals.poisson(count, load / serviceSeconds, 1), 500, 1));

    assertThat(result.saturated()).isEqualTo(load > 1);
  }

  @Test
  void theTimelineHasAllThatThereWas() {
    RandomServing drawn = new RandomServing(3, Scheduling.CHUNKED_PROMPTS);
    Fleet fleet = drawn.fleet(false);
    Requests requests = drawn.requests(true, true);

    ServingResult whole = ServingSimulation.run(fleet, requests, 0);
    ServingResult result = ServingSimulation.run(fleet, requests, 50);

    List<TimelineBin> bins = result.timeline();
    assertThat(bins).hasSizeGreaterThan(10);
    assertThat(bins.stream().mapToLong(TimelineBin::arrivals).sum()).isEqualTo(result.completed());
    assertThat(bins.stream().mapToLong(TimelineBin::completed).sum()).isEqualTo(result.completed());
    assertThat(bins.stream().mapToDouble(TimelineBin::peakKvOccupancy).max().orElseThrow())
        .isEqualTo(result.peakKvOccupancy());
    double millis = result.millis();
    double end = requests.arrivalMillis(0) + millis;
    assertThat(overTime(bins, end, TimelineBin::meanRunning))
        .isCloseTo(result.meanRunning() * millis, within(1e-6));
    assertThat(overTime(bins, end, TimelineBin::meanKvOccupancy))
        .isCloseTo(result.meanKvOccupancy() * millis, within(1e-6));
    assertThat(result.preemptions()).isZero();
    assertThat(overTime(bins, end, TimelineBin::meanWaiting))
        .isCloseTo(result.queueing().mean() * result.completed(), within(1e-6));
    assertThat(whole.timeline()).isEmpty();
    assertThat(whole.endToEnd()).isEqualTo(result.endToEnd());
  }

  @Test
  void theSameRequestsHaveTheSameResultAgainAndAgain() {
    for (int round = 0; round < 20; round++) {
      RandomServing drawn = new RandomServing(round, Scheduling.WHOLE_PROMPTS);
      Fleet fleet = drawn.fleet(round % 2 == 0);
      Requests requests = drawn.requests(true, true);

      assertThat(ServingSimulation.run(fleet, requests, 20))
          .isEqualTo(ServingSimulation.run(fleet, requests, 20));
    }
  }

  @Test
  void whatIsNoFleetIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> colocated(0, 10))
        .withMessage("there must be at least 1 replica: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> replica(0))
        .withMessageContaining("must be at least 1: 1, 0, 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServingSimulation.run(colocated(1, 10), at(new double[0], 1, 1), -1))
        .withMessage("a bin must not be negative: -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new DisaggregatedFleet(
                    replica(1), 1, replica(1), 1, Routing.LEAST_KV, -1, Double.NaN))
        .withMessage("times of a transfer must not be negative: -1.0, NaN");
  }

  private static double overTime(
      List<TimelineBin> bins, double end, ToDoubleFunction<TimelineBin> mean) {
    double sum = 0;
    for (int i = 0; i < bins.size(); i++) {
      double to = i + 1 < bins.size() ? bins.get(i + 1).fromMillis() : end;
      sum += mean.applyAsDouble(bins.get(i)) * (to - bins.get(i).fromMillis());
    }
    return sum;
  }

  private static ServingResult run(Fleet fleet, Requests requests) {
    return ServingSimulation.run(fleet, requests, 0);
  }

  private static Requests at(double[] arrivals, int input, int output) {
    int[] inputs = new int[arrivals.length];
    int[] outputs = new int[arrivals.length];
    Arrays.fill(inputs, input);
    Arrays.fill(outputs, output);
    return new Requests(arrivals, inputs, outputs);
  }

  private static Fleet colocated(int replicas, long poolTokens) {
    return new ColocatedFleet(replica(poolTokens), replicas, Routing.ROUND_ROBIN);
  }

  private static ReplicaSetup replica(long poolTokens) {
    EngineScheduler engine =
        new EngineScheduler(
            "some", Scheduling.CHUNKED_PROMPTS, 2048, 256, 0, 0.9, false, 0, "a test");
    return new ReplicaSetup(engine, CLOCK, 1, poolTokens, 1);
  }
}
