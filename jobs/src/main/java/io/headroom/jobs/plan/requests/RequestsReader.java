package io.headroom.jobs.plan.requests;

import io.headroom.UserException;
import io.headroom.jobs.plan.settings.PlanWorkload;
import io.headroom.jobs.traces.Trace;
import io.headroom.jobs.traces.TraceReader;
import io.headroom.jobs.traces.TraceRequests;
import io.headroom.jobs.workload.SequenceSource;
import io.headroom.plan.serving.Arrivals;
import io.headroom.workload.DrawnLengths;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleToIntFunction;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Makes the requests that a plan is for. */
public final class RequestsReader {
  /** More tell no more of lengths and arrivals, and take the driver's memory. */
  private static final int MOST_OF_TRACE = 200_000;

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
          "%s: its %d requests arrive at one moment, which is no rate; allowed: several moments"
              .formatted(source.file(), taken.count()));
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
    return new Read(requests, Optional.empty(), Optional.empty());
  }

  private static int[] tokens(DrawnLengths lengths) {
    return lengths.promptTokens().stream().mapToInt(Integer::intValue).toArray();
  }
}
