package io.headroom.plan.serving;

import java.util.List;

/**
 * Serving simulated event by event: requests arrive, wait, are batched as an engine batches them,
 * and give way where the cache is full. The same input has the same result.
 */
public final class ServingSimulation {
  private static final double MILLIS_PER_SECOND = 1000;

  private ServingSimulation() {}

  /**
   * Sends all requests, and waits for the last to end.
   *
   * @param timelineMillis width of a bin of the timeline; 0: none
   * @throws IllegalArgumentException if the width is negative, or blocks that prompts share are no
   *     whole blocks of the pool
   */
  public static ServingResult run(Fleet fleet, Requests requests, double timelineMillis) {
    if (!(timelineMillis >= 0)) {
      throw new IllegalArgumentException("a bin must not be negative: " + timelineMillis);
    }
    FleetRun run = new FleetRun(fleet, requests, new TimedArrivals(requests), timelineMillis);
    run.run();
    return result(run, requests);
  }

  private static ServingResult result(FleetRun run, Requests requests) {
    Outcomes outcomes = run.outcomes();
    Latencies latencies = Latencies.of(requests, outcomes);
    double millis = run.millis();
    double seconds = millis / MILLIS_PER_SECOND;
    List<Replica> counted = run.decodingReplicas();
    long poolBlocks = counted.stream().mapToLong(replica -> replica.pool().size()).sum();
    double usedMillis = counted.stream().mapToDouble(replica -> replica.pool().usedMillis()).sum();
    double peak =
        counted.stream()
            .mapToDouble(replica -> (double) replica.pool().peak() / replica.pool().size())
            .max()
            .orElseThrow();
    List<Replica> all = run.replicas();
    boolean ran = run.completed() > 0;
    return new ServingResult(
        requests.count(),
        run.completed(),
        run.neverFit(),
        all.stream().mapToLong(Replica::preemptions).sum(),
        all.stream().mapToLong(Replica::steps).sum(),
        millis,
        latencies.ttft(),
        latencies.tpot(),
        latencies.endToEnd(),
        latencies.queueing(),
        ran ? latencies.outputTokens() / seconds : 0,
        ran ? run.completed() / seconds : 0,
        ran ? usedMillis / (poolBlocks * millis) : 0,
        peak,
        ran ? all.stream().mapToDouble(Replica::runningMillis).sum() / millis : 0,
        all.stream().mapToLong(Replica::reusedTokens).sum(),
        Saturation.isReached(outcomes),
        run.timeline().bins(run.lastMillis(), poolBlocks));
  }
}
