package io.headroom.jobs.sweep.cost;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresProblem;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DiagonalMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.util.Pair;

/**
 * Fits {@link PhaseCost} to measured times: least squares of the logarithms, so that a relative
 * error counts the same for short and long work, with Cauchy weights, so that outliers do not count
 * (Holland and Welsch, Communications in Statistics 1977). The logarithms of the constants are
 * fitted, which keeps them positive, and drawn to those known before as far as the measurements
 * leave them open.
 */
final class CostFit {
  private static final int CONSTANTS = 3;
  private static final int ROUNDS = 12;
  private static final int MOST_EVALUATIONS = 200;
  private static final double TOLERANCE = 1e-9;

  /** Efficiency of 95 % on normal errors. */
  private static final double CAUCHY = 2.385;

  /** The standard deviation of normal errors is so many times their median absolute value. */
  private static final double NORMAL = 1.4826;

  private static final double LEAST_SPREAD = 1e-3;
  private static final double FIRST_SPREAD = 0.3;

  /** What is known before is right within a factor of e, one standard deviation. */
  private static final double PRIOR_SPREAD = 1;

  /** The time that some work took, in nanoseconds. */
  record Observation(Work work, double nanos) {}

  private final List<Observation> observations;
  private final double[] prior;
  private final double[] target;

  /** The last point that was closer than those before. */
  private double[] last;

  private CostFit(PhaseCost known, List<Observation> observations) {
    this.observations = observations;
    this.prior =
        new double[] {
          Math.log(known.nanosPerCall()),
          Math.log(known.nanosPerFlop()),
          Math.log(known.nanosPerByte())
        };
    this.target =
        IntStream.range(0, observations.size() + CONSTANTS)
            .mapToDouble(
                i ->
                    i < observations.size()
                        ? Math.log(observations.get(i).nanos())
                        : prior[i - observations.size()])
            .toArray();
  }

  /**
   * What a fit came to.
   *
   * @param settled whether the optimiser ended by itself; otherwise the cost is the last it reached
   */
  record Fitted(PhaseCost cost, boolean settled) {}

  /**
   * @param known what was known before, all constants above 0
   * @param observations at least one, all times above 0
   */
  static Fitted fit(PhaseCost known, List<Observation> observations) {
    return new CostFit(known, observations).fit();
  }

  private Fitted fit() {
    double[] point = prior.clone();
    boolean settled = true;
    double[] weights = new double[target.length];
    Arrays.fill(weights, 1);
    double spread = FIRST_SPREAD;
    for (int round = 0; round < ROUNDS; round++) {
      double priorWeight = spread * spread / (PRIOR_SPREAD * PRIOR_SPREAD);
      Arrays.fill(weights, observations.size(), weights.length, priorWeight);
      last = point;
      try {
        point = optimum(point, weights);
      } catch (MathIllegalStateException e) {
        // Out of evaluations, or of precision: what it reached is better than where it began.
        point = last;
        settled = false;
      }
      double[] errors = errors(point);
      spread = Math.max(LEAST_SPREAD, NORMAL * new Median().evaluate(absolute(errors)));
      for (int i = 0; i < errors.length; i++) {
        double relative = errors[i] / (CAUCHY * spread);
        weights[i] = 1 / (1 + relative * relative);
      }
    }
    return new Fitted(cost(point), settled);
  }

  private double[] optimum(double[] start, double[] weights) {
    LeastSquaresOptimizer.Optimum optimum =
        new LevenbergMarquardtOptimizer()
            .withCostRelativeTolerance(TOLERANCE)
            .withParameterRelativeTolerance(TOLERANCE)
            .optimize(
                new LeastSquaresBuilder()
                    .start(start)
                    .model(this::predictions)
                    .target(target)
                    .weight(new DiagonalMatrix(weights))
                    .checker(this::remember)
                    .maxEvaluations(MOST_EVALUATIONS)
                    .maxIterations(MOST_EVALUATIONS)
                    .build());
    return optimum.getPoint().toArray();
  }

  /** Asked after every step that came closer; the optimiser's own tolerances decide as well. */
  private boolean remember(
      int iteration,
      LeastSquaresProblem.Evaluation previous,
      LeastSquaresProblem.Evaluation current) {
    last = current.getPoint().toArray();
    return false;
  }

  /** Logarithms of the predicted times and of the constants, and their derivatives. */
  private Pair<RealVector, RealMatrix> predictions(RealVector point) {
    double[] values = new double[target.length];
    double[][] derivatives = new double[target.length][CONSTANTS];
    PhaseCost cost = cost(point.toArray());
    for (int i = 0; i < observations.size(); i++) {
      Work work = observations.get(i).work();
      double nanos = cost.nanos(work);
      values[i] = Math.log(nanos);
      derivatives[i][0] = work.calls() * cost.nanosPerCall() / nanos;
      derivatives[i][1] = work.flops() * cost.nanosPerFlop() / nanos;
      derivatives[i][2] = work.bytes() * cost.nanosPerByte() / nanos;
    }
    for (int constant = 0; constant < CONSTANTS; constant++) {
      values[observations.size() + constant] = point.getEntry(constant);
      derivatives[observations.size() + constant][constant] = 1;
    }
    return new Pair<>(
        new ArrayRealVector(values, false), new Array2DRowRealMatrix(derivatives, false));
  }

  private double[] errors(double[] point) {
    PhaseCost cost = cost(point);
    return observations.stream()
        .mapToDouble(seen -> Math.log(seen.nanos() / cost.nanos(seen.work())))
        .toArray();
  }

  private static double[] absolute(double[] values) {
    return Arrays.stream(values).map(Math::abs).toArray();
  }

  private static PhaseCost cost(double[] point) {
    return new PhaseCost(Math.exp(point[0]), Math.exp(point[1]), Math.exp(point[2]));
  }
}
