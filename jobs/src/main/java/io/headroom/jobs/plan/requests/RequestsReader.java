package io.headroom.jobs.plan.requests;

import io.headroom.UserException;
import io.headroom.jobs.plan.settings.PlanWorkload;
import io.headroom.jobs.traces.Trace;
import io.headroom.jobs.traces.TraceReader;
import io.headroom.jobs.traces.TraceRequests;
import io.headroom.jobs.workload.SequenceSource;
import io.headroom.plan.serving.Arrivals;
import io.headroom.workload.DrawnLengths;
import io.headroom.workload.LengthDistribution;
import io.headroom.workload.LognormalLengths;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleToIntFunction;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Makes the requests that a plan is for. */
public final class RequestsReader {
  /** More tell no more of lengths and arrivals, and take the driver's memory. */
  private static final int MOST_OF_TRACE = 200_000;

  /** Part of a mean that a cut may take without a word. */
  private static final double TOLD_OF_MEAN = 0.01;

  private static final int FEWEST_DRAWN = 20_000;

  /**
   * @param requests what they are
   * @param trace where they are from, checked; empty where they are drawn
   * @param note what the user should know of how they came about
   */
  public record Read(PlannedRequests requests, Optional<Trace> trace, Optional<String> note) {}

  private RequestsReader() {}

  /**
   * @param seed decides what is drawn
   * @param simulated how many are simulated at a rate
   * @param spark started only where a trace must be read
   * @throws UserException if a trace cannot be read, or does not say when requests arrive
   */
  public static Read read(
      PlanWorkload workload,
      long seed,
      DoubleToIntFunction simulated,
      Supplier<SparkSession> spark) {
    return workload instanceof PlanWorkload.Traced traced
        ? traced(traced, spark.get())
        : drawn((PlanWorkload.Drawn) workload, seed, simulated);
  }

  private static Read traced(PlanWorkload.Traced workload, SparkSession spark) {
    SequenceSource.Trace source = workload.source();
    TraceReader reader = new TraceReader(spark).withHistory();
    Trace trace =
        source.description().isPresent()
            ? reader.read(source.file(), source.description().get())
            : reader.read(source.file());
    TraceRequests taken =
        TraceRequests.first(trace, Math.min(MOST_OF_TRACE, source.sample().orElse(MOST_OF_TRACE)));
    taken.requireTimed();
    double spanMillis = taken.arrivalMillis()[taken.count() - 1] - taken.arrivalMillis()[0];
    if (!(spanMillis > 0)) {
      throw new UserException(
          "%s: %s at one moment, which is no rate; allowed: several moments"
              .formatted(
                  source.file(),
                  taken.count() == 1
                      ? "its 1 request arrives"
                      : "its %d requests arrive".formatted(taken.count())));
    }
    double seconds =
        taken.count() == trace.served()
            ? spanMillis / TimeUnit.SECONDS.toMillis(1)
            : trace.extent().spanNanos() / (double) TimeUnit.SECONDS.toNanos(1);
    PlannedRequests requests =
        new PlannedRequests(
            Arrivals.scaled(taken.arrivalMillis(), workload.rateScale()),
            taken.inputTokens(),
            taken.outputTokens(),
            taken.prefixBlocks(),
            taken.prefixBlockTokens(),
            taken.previous(),
            taken.delayMillis(),
            workload.rateScale() * trace.served() / seconds,
            Double.NaN);
    return new Read(requests, Optional.of(trace), taken.note());
  }

  private static Read drawn(PlanWorkload.Drawn workload, long seed, DoubleToIntFunction simulated) {
    int count = Math.max(FEWEST_DRAWN, simulated.applyAsInt(workload.requestsPerSecond()));
    DrawnLengths inputs = workload.inputs().draw(count, seed);
    DrawnLengths outputs = workload.outputs().draw(count, seed + 1);
    double rate = workload.requestsPerSecond();
    boolean atRandom = workload.gapVariation() == 1;
    double[] arrivals =
        atRandom
            ? Arrivals.poisson(count, rate, seed + 2)
            : Arrivals.bursty(count, rate, workload.gapVariation(), seed + 2);
    PlannedRequests requests =
        new PlannedRequests(
            arrivals,
            tokens(inputs),
            tokens(outputs),
            new int[0][],
            0,
            new int[0],
            new double[0],
            rate,
            workload.gapVariation() * workload.gapVariation());
    List<String> cuts = new ArrayList<>();
    cut("lengths", workload.inputs(), requests.inputTokens()).ifPresent(cuts::add);
    cut("output", workload.outputs(), requests.outputTokens()).ifPresent(cuts::add);
    return new Read(
        requests,
        Optional.empty(),
        cuts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", cuts)));
  }

  /** What a cut of lengths makes of their mean, where it matters. */
  private static Optional<String> cut(String key, LengthDistribution lengths, int[] drawn) {
    return lengths instanceof LognormalLengths lognormal
            && lognormal.expectedMean() < (1 - TOLD_OF_MEAN) * lognormal.mean()
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "workload.%s: the mean of %s is that before the cut at max = %d; of what is drawn it is %.1f",
                key,
                BigDecimal.valueOf(lognormal.mean()).stripTrailingZeros().toPlainString(),
                lognormal.max(),
                Arrays.stream(drawn).average().orElseThrow()))
        : Optional.empty();
  }

  private static int[] tokens(DrawnLengths lengths) {
    return lengths.promptTokens().stream().mapToInt(Integer::intValue).toArray();
  }
}
