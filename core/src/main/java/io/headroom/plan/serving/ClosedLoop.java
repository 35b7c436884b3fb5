package io.headroom.plan.serving;

import io.headroom.plan.time.StepLoad;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** A fixed number of requests in flight to one engine: one that ends is followed by the next. */
public final class ClosedLoop {
  /**
   * Between the last token of a request and the arrival of the next in the engine's queue: the way
   * to the client and back, and the tokens of its prompt. It is in TTFT as clients measure it.
   */
  private static final double TURNAROUND_MILLIS = 5;

  /** Mean of what comes on top, exponentially distributed: requests do not arrive in one moment. */
  private static final double JITTER_MILLIS = 2;

  private static final long SEED = 7;

  /**
   * Means over all requests.
   *
   * @param tpotMillis (end-to-end - TTFT) / (output tokens - 1); NaN where all have one token
   * @param running sequences that are in the engine, on average over time
   * @param preemptions how often a sequence lost what it had and was run again
   * @param millis from the first request to the end of the last
   */
  public record Result(
      double ttftMillis, double tpotMillis, double running, int preemptions, double millis) {}

  private ClosedLoop() {}

  /**
   * @param stepMillis how long a step takes
   * @param ranks that attend to sequences of their own
   * @param poolTokens that the caches of all ranks hold
   * @param requests in the order in which they are sent
   * @param concurrency in flight at once
   * @throws IllegalArgumentException if one of them can never fit
   */
  public static Result run(
      ToDoubleFunction<StepLoad> stepMillis,
      EngineScheduler engine,
      int ranks,
      long poolTokens,
      List<RequestShape> requests,
      int concurrency) {
    for (RequestShape request : requests) {
      if (request.tokens() > poolTokens) {
        throw new IllegalArgumentException(
            "a request of %d tokens does not fit into %d".formatted(request.tokens(), poolTokens));
      }
    }
    StepClock clock =
        (decoding, kept, prompts, tokens, prior) ->
            stepMillis.applyAsDouble(new StepLoad(decoding, kept, prompts, tokens, prior));
    ReplicaSetup setup = new ReplicaSetup(engine, clock, ranks, poolTokens, 1);
    Requests shapes =
        new Requests(
            new double[requests.size()],
            requests.stream().mapToInt(RequestShape::inputTokens).toArray(),
            requests.stream().mapToInt(RequestShape::outputTokens).toArray());
    Clients clients = new Clients(requests.size(), concurrency);
    FleetRun run =
        new FleetRun(new ColocatedFleet(setup, 1, Routing.ROUND_ROBIN), shapes, clients, 0);
    run.run();
    return result(run, shapes, clients.sentMillis);
  }

  private static Result result(FleetRun run, Requests requests, double[] sentMillis) {
    Outcomes outcomes = run.outcomes();
    Replica replica = run.replicas().get(0);
    double ttft = 0;
    for (int i = 0; i < sentMillis.length; i++) {
      ttft += outcomes.firstTokenMillis(i) - sentMillis[i];
    }
    return new Result(
        ttft / sentMillis.length,
        Latencies.of(requests, outcomes).tpot().mean(),
        replica.runningMillis() / run.lastMillis(),
        (int) replica.preemptions(),
        run.lastMillis());
  }

  /** Who send their next request when they have the answer to their last. */
  private static final class Clients implements PendingArrivals {
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final TimeHeap arriving = new TimeHeap();
    private final double[] sentMillis;
    private int sent;

    Clients(int requests, int concurrency) {
      this.sentMillis = new double[requests];
      for (int i = 0; i < concurrency; i++) {
        send(0);
      }
    }

    private void send(double millis) {
      if (sent == sentMillis.length) {
        return;
      }
      double jitter = -JITTER_MILLIS * Math.log(1 - random.nextDouble());
      sentMillis[sent] = millis;
      arriving.add(millis + TURNAROUND_MILLIS + jitter, sent++);
    }

    @Override
    public double nextMillis() {
      return arriving.firstMillis();
    }

    @Override
    public int takeNext() {
      return arriving.removeFirst();
    }

    @Override
    public boolean followEnds() {
      return true;
    }

    @Override
    public void ended(int request, double millis) {
      send(millis);
    }
  }
}
