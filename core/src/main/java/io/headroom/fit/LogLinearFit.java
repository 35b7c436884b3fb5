package io.headroom.fit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresProblem;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.util.Pair;

/**
 * Fits a sum of positive terms to what was measured: {@code measured = c0 f0 + c1 f1 + ...}, the
 * coefficients {@code c} of given features {@code f}. Least squares of the logarithms, so that a
 * relative error counts the same for small and large values, with Cauchy weights, so that outliers
 * do not count (Holland and Welsch, Communications in Statistics 1977). The logarithms of the
 * coefficients are fitted, which keeps them positive, and drawn to those known before as far as the
 * observations leave them open.
 *
 * <p>The first term may be a floor, which the others exceed rather than add to: {@code measured =
 * ((c0 f0)^p + (c1 f1 + c2 f2 + ...)^p)^(1/p)}, a sum where the power p is 1, and the larger of the
 * two where it is very large.
 */
public final class LogLinearFit {
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

  /**
   * What was measured of something that has so much of every feature.
   *
   * @param features at least 0 each, and one above 0; as many as there are coefficients
   * @param measured above 0
   */
  public record Observation(List<Double> features, double measured) {
    public Observation {
      features = List.copyOf(features);
    }
  }

  /**
   * What a fit came to.
   *
   * @param coefficients one a feature, each above 0
   * @param settled whether the optimiser ended by itself; otherwise the coefficients are the last
   *     it reached
   */
  public record Fitted(List<Double> coefficients, boolean settled) {
    public Fitted {
      coefficients = List.copyOf(coefficients);
    }
  }

  /**
   * How a fit is made.
   *
   * @param floorPower p, at least 1
   * @param priorSpread the coefficients known before are right within a factor of e to it, one
   *     standard deviation; above 0
   */
  public record Manner(double floorPower, double priorSpread) {
    public static final Manner SUM = new Manner(1, PRIOR_SPREAD);
  }

  private final double[] prior;
  private final double[][] features;
  private final Manner manner;
  private final double[] target;
  private final int mostEvaluations;

  /** The last point that was closer than those before. */
  private double[] last;

  private LogLinearFit(
      List<Double> known, List<Observation> observations, Manner manner, int mostEvaluations) {
    this.mostEvaluations = mostEvaluations;
    this.manner = manner;
    this.prior = known.stream().mapToDouble(Math::log).toArray();
    this.features =
        observations.stream()
            .map(seen -> seen.features().stream().mapToDouble(Double::doubleValue).toArray())
            .toArray(double[][]::new);
    this.target =
        DoubleStream.concat(
                observations.stream().mapToDouble(seen -> Math.log(seen.measured())),
                Arrays.stream(prior))
            .toArray();
  }

  /**
   * @param known the coefficients as they were known before, all above 0 and finite
   * @param observations at least one
   * @throws IllegalArgumentException if there is none, or one has another number of features than
   *     there are coefficients
   */
  public static Fitted fit(List<Double> known, List<Observation> observations) {
    return fit(known, observations, Manner.SUM);
  }

  /** The same in another manner. */
  public static Fitted fit(List<Double> known, List<Observation> observations, Manner manner) {
    return fit(known, observations, manner, MOST_EVALUATIONS);
  }

  /** What coefficients and features come to. */
  public static double predicted(double[] coefficients, double[] features, double floorPower) {
    return combined(coefficients[0] * features[0], rest(coefficients, features), floorPower);
  }

  private static double rest(double[] coefficients, double[] features) {
    double rest = 0;
    for (int i = 1; i < coefficients.length; i++) {
      rest += coefficients[i] * features[i];
    }
    return rest;
  }

  private static double combined(double floor, double rest, double power) {
    if (power == 1) {
      return floor + rest;
    }
    double larger = Math.max(floor, rest);
    return larger
        * Math.pow(Math.pow(floor / larger, power) + Math.pow(rest / larger, power), 1 / power);
  }

  /**
   * @param mostEvaluations of the predictions, in each of the rounds
   */
  static Fitted fit(List<Double> known, List<Observation> observations, int mostEvaluations) {
    return fit(known, observations, Manner.SUM, mostEvaluations);
  }

  private static Fitted fit(
      List<Double> known, List<Observation> observations, Manner manner, int mostEvaluations) {
    if (observations.isEmpty()) {
      throw new IllegalArgumentException("a fit needs at least one observation");
    }
    for (Observation seen : observations) {
      if (seen.features().size() != known.size()) {
        throw new IllegalArgumentException(
            "%d coefficients need as many features: %s".formatted(known.size(), seen.features()));
      }
    }
    return new LogLinearFit(known, observations, manner, mostEvaluations).fit();
  }

  private Fitted fit() {
    double[] point = prior.clone();
    boolean settled = true;
    double[] weights = new double[target.length];
    Arrays.fill(weights, 1);
    double spread = FIRST_SPREAD;
    for (int round = 0; round < ROUNDS; round++) {
      double priorWeight = spread * spread / (manner.priorSpread() * manner.priorSpread());
      Arrays.fill(weights, features.length, weights.length, priorWeight);
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
    return new Fitted(Arrays.stream(coefficients(point)).boxed().toList(), settled);
  }

  /** Weights are a part of the model: a matrix of them would be as large as the square of all. */
  private double[] optimum(double[] start, double[] weights) {
    double[] roots = Arrays.stream(weights).map(Math::sqrt).toArray();
    LeastSquaresOptimizer.Optimum optimum =
        new LevenbergMarquardtOptimizer()
            .withCostRelativeTolerance(TOLERANCE)
            .withParameterRelativeTolerance(TOLERANCE)
            .optimize(
                new LeastSquaresBuilder()
                    .start(start)
                    .model(point -> predictions(point, roots))
                    .target(weighed(target, roots))
                    .checker(this::remember)
                    .maxEvaluations(mostEvaluations)
                    .maxIterations(mostEvaluations)
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

  private static double[] weighed(double[] values, double[] roots) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i] * roots[i]).toArray();
  }

  /**
   * Logarithms of the predicted values and of the coefficients, and their derivatives, times the
   * roots of their weights.
   */
  private Pair<RealVector, RealMatrix> predictions(RealVector point, double[] roots) {
    double[] values = new double[target.length];
    double[][] derivatives = new double[target.length][prior.length];
    double[] coefficients = coefficients(point.toArray());
    for (int i = 0; i < features.length; i++) {
      double predicted = predicted(coefficients, features[i], manner.floorPower());
      values[i] = roots[i] * Math.log(predicted);
      double floor = coefficients[0] * features[i][0];
      double ofFloor = Math.pow(floor / predicted, manner.floorPower() - 1);
      double rest = rest(coefficients, features[i]);
      double ofRest = Math.pow(rest / predicted, manner.floorPower() - 1);
      for (int j = 0; j < prior.length; j++) {
        derivatives[i][j] =
            roots[i] * (j == 0 ? ofFloor : ofRest) * features[i][j] * coefficients[j] / predicted;
      }
    }
    for (int j = 0; j < prior.length; j++) {
      double root = roots[features.length + j];
      values[features.length + j] = root * point.getEntry(j);
      derivatives[features.length + j][j] = root;
    }
    return new Pair<>(
        new ArrayRealVector(values, false), new Array2DRowRealMatrix(derivatives, false));
  }

  /** Logarithms of how much larger the measured values are than the predicted ones. */
  private double[] errors(double[] point) {
    double[] coefficients = coefficients(point);
    return IntStream.range(0, features.length)
        .mapToDouble(
            i -> target[i] - Math.log(predicted(coefficients, features[i], manner.floorPower())))
        .toArray();
  }

  private static double[] absolute(double[] values) {
    return Arrays.stream(values).map(Math::abs).toArray();
  }

  /** Above 0 even where a logarithm is below those of all doubles. */
  private static double[] coefficients(double[] point) {
    return Arrays.stream(point).map(log -> Math.max(Double.MIN_NORMAL, Math.exp(log))).toArray();
  }
}
