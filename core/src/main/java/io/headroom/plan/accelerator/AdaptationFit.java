package io.headroom.plan.accelerator;

import io.headroom.fit.LogLinearFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.commons.math3.util.MathArrays;

/**
 * Adapts what others lend to a few measured calls. Kernels share the factors of the terms, so that
 * each is told by all calls; what a kernel has beyond them is drawn to nothing as far as its own
 * calls are few.
 */
public final class AdaptationFit {
  /** What is lent is right within a factor of 1.6, one standard deviation. */
  private static final double PRIOR_SPREAD = 0.5;

  /** A kernel's own shift counts half with so many calls. */
  private static final double SHRINKAGE = 2;

  /** The same of what a feature of the physics tells beyond its terms. */
  private static final double FEATURE_SHRINKAGE = 30;

  private static final int FOLDS = 5;

  private AdaptationFit() {}

  /**
   * Nothing is adapted where what is lent is nearer to the measured calls than adaptations are to
   * those that were kept from them: few calls of many kinds say little.
   *
   * @param lenders at least one that lends the family
   * @param measured one or more calls
   */
  public static Adaptation fit(
      KernelFamily family, DataSheet sheet, List<Lender> lenders, List<MeasuredCall> measured) {
    double[] adapted = keptOut(family, sheet, lenders, measured);
    if (adapted.length == 0) {
      return fitAll(family, sheet, lenders, measured);
    }
    double[] asLent = errors(LentKernels.of(family, sheet, lenders).orElseThrow(), measured);
    return StatUtils.mean(asLent) <= StatUtils.mean(adapted)
        ? Adaptation.none(family).withError(KernelError.of(asLent))
        : fitAll(family, sheet, lenders, measured).withError(KernelError.of(adapted));
  }

  /** Errors of adaptations on calls that were kept from them; none where there is but one call. */
  private static double[] keptOut(
      KernelFamily family, DataSheet sheet, List<Lender> lenders, List<MeasuredCall> measured) {
    double[] errors = {};
    for (int fold = 0; fold < FOLDS; fold++) {
      List<MeasuredCall> others = new ArrayList<>();
      List<MeasuredCall> kept = new ArrayList<>();
      for (int i = 0; i < measured.size(); i++) {
        (i % FOLDS == fold ? kept : others).add(measured.get(i));
      }
      if (!others.isEmpty()) {
        Adaptation adaptation = fitAll(family, sheet, lenders, others);
        LentKernels adapted = LentKernels.of(family, sheet, lenders, adaptation).orElseThrow();
        errors = MathArrays.concatenate(errors, errors(adapted, kept));
      }
    }
    return errors;
  }

  private static double[] errors(LentKernels kernels, List<MeasuredCall> measured) {
    return measured.stream()
        .mapToDouble(row -> Math.abs(kernels.millis(row.call()) / row.millis() - 1))
        .toArray();
  }

  private static Adaptation fitAll(
      KernelFamily family, DataSheet sheet, List<Lender> lenders, List<MeasuredCall> measured) {
    KernelPhysics physics = family.physics();
    LentKernels lent = LentKernels.of(family, sheet, lenders).orElseThrow();
    List<LogLinearFit.Observation> observations = new ArrayList<>();
    for (MeasuredCall row : measured) {
      observations.add(
          new LogLinearFit.Observation(
              Arrays.stream(lent.weighed(row.call())).boxed().toList(), row.millis()));
    }
    double[] factors =
        LogLinearFit.fit(
                Collections.nCopies(physics.termNames().size(), 1.0),
                observations,
                new LogLinearFit.Manner(physics.floorPower(), PRIOR_SPREAD))
            .coefficients()
            .stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    double[] errors = new double[measured.size()];
    for (int i = 0; i < errors.length; i++) {
      MeasuredCall row = measured.get(i);
      double adapted =
          LogLinearFit.predicted(factors, lent.weighed(row.call()), physics.floorPower());
      errors[i] = Math.log(row.millis() / adapted);
    }
    return ridge(family, sheet, measured, factors, errors);
  }

  /** What is left, by kernel and by the features of the physics. */
  private static Adaptation ridge(
      KernelFamily family,
      DataSheet sheet,
      List<MeasuredCall> measured,
      double[] factors,
      double[] errors) {
    KernelPhysics physics = family.physics();
    List<String> variants =
        measured.stream().map(row -> physics.variant(row.call())).distinct().sorted().toList();
    double[][] features =
        measured.stream().map(row -> physics.features(row.call(), sheet)).toArray(double[][]::new);
    int count = physics.featureNames().size();
    double[] least = new double[count];
    double[] most = new double[count];
    double[] mean = new double[count];
    double[] spread = new double[count];
    for (int j = 0; j < count; j++) {
      SummaryStatistics values = new SummaryStatistics();
      for (double[] row : features) {
        values.addValue(row[j]);
      }
      least[j] = values.getMin();
      most[j] = values.getMax();
      mean[j] = values.getMean();
      spread[j] = Math.sqrt(values.getPopulationVariance());
    }
    int columns = 1 + variants.size() + count;
    RealMatrix design = new Array2DRowRealMatrix(errors.length, columns);
    for (int i = 0; i < errors.length; i++) {
      design.setEntry(i, 0, 1);
      design.setEntry(i, 1 + variants.indexOf(physics.variant(measured.get(i).call())), 1);
      for (int j = 0; j < count; j++) {
        double value = spread[j] > 0 ? (features[i][j] - mean[j]) / spread[j] : 0;
        design.setEntry(i, 1 + variants.size() + j, value);
      }
    }
    double[] penalties = new double[columns];
    Arrays.fill(penalties, 1, 1 + variants.size(), SHRINKAGE);
    penalties[0] = SHRINKAGE / 2;
    Arrays.fill(penalties, 1 + variants.size(), columns, FEATURE_SHRINKAGE);
    double[] solved =
        new LUDecomposition(
                design
                    .transpose()
                    .multiply(design)
                    .add(MatrixUtils.createRealDiagonalMatrix(penalties)))
            .getSolver()
            .solve(design.transpose().operate(new ArrayRealVector(errors, false)))
            .toArray();
    double[] slopes = new double[count];
    double offset = solved[0];
    for (int j = 0; j < count; j++) {
      slopes[j] = spread[j] > 0 ? solved[1 + variants.size() + j] / spread[j] : 0;
      offset -= slopes[j] * mean[j];
    }
    SortedMap<String, Double> shifts = new TreeMap<>();
    for (int j = 0; j < variants.size(); j++) {
      shifts.put(variants.get(j), offset + solved[1 + j]);
    }
    return new Adaptation(factors, slopes, least, most, shifts, offset, KernelError.NOT_KNOWN);
  }
}
