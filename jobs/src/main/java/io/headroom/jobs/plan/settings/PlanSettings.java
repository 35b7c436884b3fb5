package io.headroom.jobs.plan.settings;

import io.headroom.UserException;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.kvcache.KvFormat;
import io.headroom.plan.search.ParallelChoice;
import io.headroom.plan.search.ServiceLevels;
import io.headroom.plan.serving.Routing;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A plan as its configuration has it. The search is the product of the lists.
 *
 * @param seed decides what is drawn
 * @param models names of the catalogue, or paths
 * @param weights as the checkpoint has them, or what an engine quantises to
 * @param accelerators names of profiles, or paths of some
 * @param release of the engine; empty: the newest
 * @param preset the name of the service levels; empty where they are given as numbers
 * @param prices a file with prices; empty: the project's
 * @param linkBytesPerSecond of an accelerator to those of another pool
 * @param routing which replica gets a request
 * @param simulateBest how many deployments are simulated
 * @param simulateRequests how many requests each gets; see {@link #simulatedRequests}
 * @param keepBest how many deployments are kept as rows
 * @param waveCandidates how many are evaluated between two commits
 */
public record PlanSettings(
    String name,
    long seed,
    List<String> models,
    List<KvHeads> kvHeads,
    List<KvFormat> kvPrecisions,
    List<Window> windows,
    List<String> weights,
    List<String> accelerators,
    List<ParallelChoice> parallelisms,
    String engine,
    String release,
    List<Integer> maxBatchedTokens,
    List<Integer> maxSequences,
    List<Double> memoryUtilizations,
    PlanWorkload workload,
    ServiceLevels levels,
    Optional<String> preset,
    Optional<String> prices,
    List<Boolean> disaggregated,
    double linkBytesPerSecond,
    Routing routing,
    int simulateBest,
    int simulateRequests,
    int keepBest,
    long waveCandidates) {

  static final int MOST_REQUESTS = 10_000_000;

  /** A run that is over sooner tells nothing of a fleet that is too small. */
  public static final double LEVELS_OF_RUN = 10;

  private static final double MILLIS_PER_SECOND = 1e3;

  /** Below every file: an axis that is not named has one value. */
  public static final String DEFAULTS =
      """
      plan {
        name = plan
        seed = 42
        kv-heads = [model]
        kv-precisions = [bf16]
        windows = [none]
        weights = [model]
        parallelism { tensor = [1, 2, 4, 8], pipeline = [1], expert = [1], attention-data = [1] }
        engine = vllm
        limits { max-batched-tokens = [8192], max-sequences = [256], memory-utilization = [0.9] }
        disaggregated = [false]
        link-gigabytes-per-second = 25
        routing = round-robin
        simulate { best = 20, requests = 20000 }
        keep-best = 10000
        wave-candidates = 1000000
      }
      """;

  /**
   * How many requests are simulated at a rate: as many as {@code simulate.requests}, or as many
   * more as make a run last long enough for a queue to miss the level of TTFT.
   *
   * @throws UserException if they are more than can be simulated
   */
  public int simulatedRequests(double requestsPerSecond) {
    double needed = LEVELS_OF_RUN * levels.ttftP99Millis() / MILLIS_PER_SECOND * requestsPerSecond;
    if (simulateBest > 0 && needed > MOST_REQUESTS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "plan.workload: at %,.0f requests a second a run of %.0f times the level of TTFT has more than %,d; allowed: a lower rate or level, or plan.simulate.best = 0",
              requestsPerSecond,
              LEVELS_OF_RUN,
              MOST_REQUESTS));
    }
    return simulateBest == 0 ? simulateRequests : (int) Math.max(simulateRequests, needed);
  }

  /** With the places where files were found, so that it means the same wherever it is read. */
  public SettingsFile locatedIn(SettingsFile file) {
    SettingsFile located = file.with("plan.models", models).with("plan.accelerators", accelerators);
    if (prices.isPresent()) {
      located = located.with("plan.prices", prices.get());
    }
    return workload instanceof PlanWorkload.Traced traced
        ? located.with("plan.workload.trace", traced.source().file())
        : located;
  }
}
