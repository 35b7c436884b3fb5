package io.headroom.jobs.plan.check;

import io.headroom.plan.time.EngineCosts;
import java.util.List;
import java.util.Locale;

/**
 * Fits the costs of an engine to runs of its servers: those with the least mean error of TPOT, a
 * run that is off by far counting as no more than by {@link #MOST_ERROR}. What runs do not tell,
 * such as a host's part that is hidden, stays near where the search begins.
 */
final class EngineCostFit {
  private static final double FIRST_STEP = 0.4;
  private static final double LEAST_STEP = 0.02;

  /** Of logarithms of predicted over measured. */
  private static final double MOST_ERROR = 0.5;

  /** What is usual of host, launches and scale. */
  private static final double[] USUAL = {1.5, 0.5, 1};

  /** Parts of a step by which each is changed. */
  private static final double[] PARTS = {1, 1, 0.125};

  /** How much evidence each takes to be unusual: a scale is one of times that were measured. */
  private static final double[] CAUTION = {1, 1, 40};

  private static final double WEIGHT_OF_USUAL = 0.005;

  private EngineCostFit() {}

  /**
   * @param engine whose releases overlap as these costs say
   * @param runs at least one
   */
  static EngineCosts fit(EngineCosts engine, List<PreparedRun> runs) {
    double[] best = USUAL.clone();
    double error = error(engine, best, runs);
    double step = FIRST_STEP;
    while (step > LEAST_STEP) {
      boolean better = false;
      for (int i = 0; i < best.length; i++) {
        double part = 1 + step * PARTS[i];
        for (double factor : new double[] {part, 1 / part}) {
          double[] tried = best.clone();
          tried[i] *= factor;
          double triedError = error(engine, tried, runs);
          if (triedError < error) {
            error = triedError;
            best = tried;
            better = true;
          }
        }
      }
      step = better ? step : step / 2;
    }
    return costs(engine, best, "%d runs".formatted(runs.size()));
  }

  private static EngineCosts costs(EngineCosts engine, double[] values, String source) {
    return engine.with(rounded(values[0]), rounded(values[1]), rounded(values[2]), source);
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3g", value));
  }

  private static double error(EngineCosts engine, double[] values, List<PreparedRun> runs) {
    EngineCosts costs = costs(engine, values, "");
    double ofRuns =
        runs.parallelStream()
            .mapToDouble(run -> Math.min(MOST_ERROR, error(run, costs)))
            .average()
            .orElseThrow();
    double unusual = 0;
    for (int i = 0; i < values.length; i++) {
      unusual += CAUTION[i] * Math.abs(Math.log(values[i] / USUAL[i]));
    }
    return ofRuns + WEIGHT_OF_USUAL * unusual;
  }

  private static double error(PreparedRun run, EngineCosts costs) {
    return Math.abs(Math.log(run.predict(costs).tpotMillis() / run.run().tpotMillis()));
  }
}
