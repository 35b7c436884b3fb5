package io.headroom.peers;

import io.headroom.attention.OutputError;
import io.headroom.kvcache.HeadTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs one workload on all peers that can do it: compares their outputs, then times them in turns.
 */
final class Contest {
  private static final String REFERENCE = "reference";

  /** A run that takes so long needs no warm-up of its own. */
  private static final long SLOW_NANOS = 100_000_000;

  private final List<Peer> peers;
  private final TimingPlan plan;
  private final RunLog log;

  Contest(List<Peer> peers, TimingPlan plan, RunLog log) {
    this.peers = peers;
    this.plan = plan;
    this.log = log;
  }

  /**
   * @throws OutputDisagreement before anything is timed
   */
  List<Measurement> run(Workload workload, BenchmarkData data, List<Integer> threadCounts) {
    Map<String, PreparedAttention> contestants = new LinkedHashMap<>();
    try {
      for (Peer peer : peers) {
        Optional<String> reason = peer.unsupported(workload);
        if (reason.isPresent()) {
          log.note("%s without %s: %s".formatted(workload.name(), peer.name(), reason.get()));
        } else {
          contestants.put(peer.name(), peer.prepare(workload, data));
        }
      }
      List<Measurement> measurements = new ArrayList<>();
      for (int threads : threadCounts) {
        contestants.values().forEach(contestant -> contestant.useThreads(threads));
        Map<String, Long> firstRuns = requireAgreement(workload, threads, data, contestants);
        measurements.addAll(time(workload, threads, contestants, firstRuns));
      }
      return measurements;
    } finally {
      contestants.values().forEach(PreparedAttention::close);
    }
  }

  /** Nanoseconds of the runs whose outputs were compared. */
  private Map<String, Long> requireAgreement(
      Workload workload,
      int threads,
      BenchmarkData data,
      Map<String, PreparedAttention> contestants) {
    double tolerance = OutputTolerance.of(workload.precision());
    Map<String, Long> nanos = new LinkedHashMap<>();
    HeadTensor own = null;
    for (Map.Entry<String, PreparedAttention> contestant : contestants.entrySet()) {
      String engine = contestant.getKey();
      contestant.getValue().beginTurn();
      long began = System.nanoTime();
      contestant.getValue().run();
      nanos.put(engine, System.nanoTime() - began);
      HeadTensor output = contestant.getValue().output();
      double error = data.reference().errorOf(output).relativeL2();
      requireWithin(tolerance, workload, threads, engine, REFERENCE, error);
      if (own == null) {
        own = output;
      } else {
        double difference = OutputError.between(output.data(), own.data()).relativeL2();
        requireWithin(2 * tolerance, workload, threads, engine, PeerReport.OWN_ENGINE, difference);
      }
      log.agreement(workload, threads, engine, error, contestant.getValue().choice());
    }
    return nanos;
  }

  /** Written so that NaN is not within. */
  private static void requireWithin(
      double tolerance, Workload workload, int threads, String engine, String than, double error) {
    if (!(error <= tolerance)) {
      throw new OutputDisagreement(workload, threads, engine, than, error, tolerance);
    }
  }

  private List<Measurement> time(
      Workload workload,
      int threads,
      Map<String, PreparedAttention> contestants,
      Map<String, Long> firstRuns) {
    Map<String, LatencySamples> samples = new LinkedHashMap<>();
    contestants.forEach(
        (engine, attention) -> {
          samples.put(engine, new LatencySamples());
          long warmUpMillis =
              plan.warmUpMillis() - TimeUnit.NANOSECONDS.toMillis(firstRuns.get(engine));
          if (warmUpMillis > 0) {
            TurnTimer.time(attention, 0, warmUpMillis, new LatencySamples());
          }
        });
    List<String> order = new ArrayList<>(contestants.keySet());
    for (int round = 0; round < plan.rounds(); round++) {
      for (String engine : order) {
        boolean slow = firstRuns.get(engine) > SLOW_NANOS;
        TurnTimer.time(
            contestants.get(engine),
            slow ? 0 : plan.turnWarmUpMillis(),
            plan.turnMillis(),
            samples.get(engine));
      }
      Collections.reverse(order);
    }
    return contestants.keySet().stream()
        .map(
            engine ->
                new Measurement(
                    workload,
                    threads,
                    engine,
                    contestants.get(engine).kvBytes(),
                    samples.get(engine)))
        .toList();
  }
}
