package io.headroom.plan.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
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

    double[] services = new double[COUNT];
    Arrays.fill(services, SERVICE_MILLIS);
    double oneQueue = oneQueue(arrivals, services, 4).mean();
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

  /**
   * Where a step takes as long whatever is in it, an engine is one queue before as many servers as
   * it runs sequences: with Azure's conversations and Poisson arrivals M/G/k, whose mean wait is
   * about Erlang's times (1 + variance of service) / 2; with bursts all waits are longer.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aRealMixtureWaitsAsManyServersDo(int variation) throws IOException {
    double[] services = conversationTokens();
    int slots = 8;
    double load = 0.85;
    double service = Arrays.stream(services).average().orElseThrow();
    double perSecond = load * slots / service * MILLIS_PER_SECOND;
    double[] arrivals = Arrivals.bursty(COUNT, perSecond, variation, 5);
    int[] outputs = Arrays.stream(services).mapToInt(tokens -> (int) tokens).toArray();
    ReplicaSetup setup = new ReplicaSetup(engine(slots), (d, k, p, t, r) -> 1, 1, 1 << 20, 1);

    LatencyPercentiles waits =
        ServingSimulation.run(
                new ColocatedFleet(setup, 1, Routing.ROUND_ROBIN),
                new Requests(arrivals, ones(COUNT), outputs),
                0)
            .queueing();

    // A request begins with a step, half a millisecond later on average.
    LatencyPercentiles expected = oneQueue(arrivals, services, slots);
    assertThat(waits.mean()).isCloseTo(expected.mean(), withinPercentage(2));
    assertThat(waits.p90()).isCloseTo(expected.p90(), withinPercentage(2));
    assertThat(waits.p99()).isCloseTo(expected.p99(), withinPercentage(2));
    double square = Arrays.stream(services).map(tokens -> tokens * tokens).average().orElseThrow();
    double poisson =
        erlang(slots, load * slots)
            * service
            / (slots * (1 - load))
            * square
            / service
            / service
            / 2;
    if (variation == 1) {
      assertThat(waits.mean()).isCloseTo(poisson, withinPercentage(12));
    } else {
      assertThat(waits.mean()).isGreaterThan(variation * poisson);
    }
  }

  /** Waits in one queue before all servers. */
  private static LatencyPercentiles oneQueue(double[] arrivals, double[] services, int servers) {
    PriorityQueue<Double> free = new PriorityQueue<>(Collections.nCopies(servers, 0.0));
    double[] waits = new double[arrivals.length];
    for (int i = 0; i < arrivals.length; i++) {
      double begin = Math.max(arrivals[i], free.remove());
      waits[i] = begin - arrivals[i];
      free.add(begin + services[i]);
    }
    return LatencyPercentiles.of(waits, waits.length);
  }

  /** The part of the arrivals that waits before so many servers (Erlang's C). */
  private static double erlang(int servers, double offered) {
    double blocked = 1;
    for (int i = 1; i <= servers; i++) {
      blocked = offered * blocked / (i + offered * blocked);
    }
    double load = offered / servers;
    return blocked / (1 - load * (1 - blocked));
  }

  /** Drawn from the trace, for its hour had ups and downs of its own. */
  private static double[] conversationTokens() throws IOException {
    double[] trace =
        Files.readAllLines(SharedData.require("traces/AzureLLMInferenceTrace_conv.csv")).stream()
            .skip(1)
            .mapToDouble(line -> Integer.parseInt(line.substring(line.lastIndexOf(',') + 1)))
            .toArray();
    return new SplittableRandom(6)
        .ints(COUNT, 0, trace.length)
        .mapToDouble(i -> trace[i])
        .toArray();
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
    StepClock clock = (decoding, kept, prompts, tokens, prior) -> stepMillis;
    return new ColocatedFleet(new ReplicaSetup(engine(1), clock, 1, 1000, 1), count, routing);
  }

  private static EngineScheduler engine(int sequences) {
    return new EngineScheduler(
        "some", Scheduling.WHOLE_PROMPTS, 1000, sequences, 0, 0.9, false, 0, "a test");
  }
}
