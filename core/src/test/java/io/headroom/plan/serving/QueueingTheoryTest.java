package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines that run one request at a time are servers whose queues are known. */
class QueueingTheoryTest {
  private static final int COUNT = 200_000;
  private static final double SERVICE_MILLIS = 10;
  private static final double MILLIS_PER_SECOND = 1000;

  /** The mean wait of Pollaczek and Khinchine for a fixed service time. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.7, 0.9})
  void aFixedServiceTimeWaitsAsOneServerDoes(double load) {
    ServingResult result = fixed(1, Routing.ROUND_ROBIN, poisson(load / SERVICE_MILLIS));

    double expected = load * SERVICE_MILLIS / (2 * (1 - load));
    assertThat(result.queueing().mean()).isCloseTo(expected, withinPercentage(2));
    assertThat(result.meanRunning()).isCloseTo(load, withinPercentage(1));
  }

  /** The same formula with the second moment of the service time. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.8})
  void aServiceTimeThatVariesWaitsLonger(double load) {
    SplittableRandom random = new SplittableRandom(9);
    int[] outputs = random.ints(COUNT, 0, 5).map(draw -> draw == 0 ? 31 : 1).toArray();
    double mean = Arrays.stream(outputs).average().orElseThrow();
    double square = Arrays.stream(outputs).mapToDouble(o -> (double) o * o).average().orElseThrow();
    double perMilli = load / mean;
    Requests requests =
        new Requests(
            Arrivals.poisson(COUNT, perMilli * MILLIS_PER_SECOND, 4), ones(COUNT), outputs);

    // A step of a millisecond for each token.
    ServingResult result = ServingSimulation.run(servers(1, 1, Routing.ROUND_ROBIN), requests, 0);

    double expected = perMilli * square / (2 * (1 - load));
    assertThat(result.queueing().mean()).isCloseTo(expected, withinPercentage(4));
  }

  /** Each has every third arrival: its waits are those of Lindley's recursion. */
  @Test
  void serversOneAfterAnotherAreSeparateQueues() {
    double[] arrivals = poisson(2.5 / SERVICE_MILLIS);
    ServingResult result = fixed(3, Routing.ROUND_ROBIN, arrivals);

    double[] free = new double[3];
    double waited = 0;
    for (int i = 0; i < COUNT; i++) {
      double begin = Math.max(arrivals[i], free[i % 3]);
      waited += begin - arrivals[i];
      free[i % 3] = begin + SERVICE_MILLIS;
    }
    assertThat(result.queueing().mean()).isCloseTo(waited / COUNT, withinPercentage(1e-6));
  }

  /** The fewest blocks are the shortest queue: nearly as good as one queue before all servers. */
  @ParameterizedTest
  @ValueSource(doubles = {0.7, 0.9})
  void theFewestBlocksAreNearlyOneQueue(double load) {
    double[] arrivals = poisson(4 * load / SERVICE_MILLIS);

    ServingResult fewest = fixed(4, Routing.LEAST_KV, arrivals);

    PriorityQueue<Double> free = new PriorityQueue<>(List.of(0.0, 0.0, 0.0, 0.0));
    double waited = 0;
    for (double arrival : arrivals) {
      double begin = Math.max(arrival, free.remove());
      waited += begin - arrival;
      free.add(begin + SERVICE_MILLIS);
    }
    double oneQueue = waited / COUNT;
    assertThat(fewest.queueing().mean()).isBetween(oneQueue, 1.35 * oneQueue + 0.1);
  }

  @Test
  void theFewestBlocksSpareTheShortTheQueueBehindTheLong() {
    int[] outputs = new SplittableRandom(9).ints(COUNT, 0, 5).map(i -> i == 0 ? 31 : 1).toArray();
    double perSecond = 4 * 0.8 / 7 * MILLIS_PER_SECOND;
    Requests requests = new Requests(Arrivals.poisson(COUNT, perSecond, 4), ones(COUNT), outputs);

    ServingResult fewest = ServingSimulation.run(servers(4, 1, Routing.LEAST_KV), requests, 0);
    ServingResult inTurn = ServingSimulation.run(servers(4, 1, Routing.ROUND_ROBIN), requests, 0);

    assertThat(inTurn.queueing().mean()).isGreaterThan(1.5 * fewest.queueing().mean());
  }

  /**
   * Near saturation waits are exponential with Kingman's mean, load / (1 - load) x (variance of
   * gaps + variance of service) / 2 x service, so that percentiles are as much longer.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1.5, 2})
  void burstsRaiseWaitsAsKingmanSays(double variation) {
    double load = 0.9;
    double perSecond = load / SERVICE_MILLIS * MILLIS_PER_SECOND;
    ServingResult result =
        fixed(1, Routing.ROUND_ROBIN, Arrivals.bursty(COUNT, perSecond, variation, 2));

    double mean = load / (1 - load) * variation * variation / 2 * SERVICE_MILLIS;
    assertThat(result.queueing().mean()).isCloseTo(mean, withinPercentage(15));
    assertThat(result.queueing().p99()).isCloseTo(mean * Math.log(100), withinPercentage(20));
  }

  private static ServingResult fixed(int servers, Routing routing, double[] arrivals) {
    Requests requests = new Requests(arrivals, ones(arrivals.length), ones(arrivals.length));
    return ServingSimulation.run(servers(servers, SERVICE_MILLIS, routing), requests, 0);
  }

  private static double[] poisson(double perMilli) {
    return Arrivals.poisson(COUNT, perMilli * MILLIS_PER_SECOND, 3);
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Fleet servers(int count, double stepMillis, Routing routing) {
    EngineScheduler oneByOne =
        new EngineScheduler("some", Scheduling.WHOLE_PROMPTS, 1000, 1, 0, 0.9, false, 0, "a test");
    StepClock clock = (decoding, kept, prompts, tokens, prior) -> stepMillis;
    return new ColocatedFleet(new ReplicaSetup(oneByOne, clock, 1, 1000, 1), count, routing);
  }
}
