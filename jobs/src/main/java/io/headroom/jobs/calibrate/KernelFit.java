package io.headroom.jobs.calibrate;

import io.headroom.fit.BoostedTrees;
import io.headroom.fit.GradientBoosting;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelModel;
import io.headroom.plan.accelerator.KernelVariant;
import io.headroom.plan.accelerator.MeasuredCall;
import io.headroom.plan.accelerator.PhysicsFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Fits the model of a family of kernels to what was measured of it. */
final class KernelFit {
  private static final int MANY_ROWS = 4_000;
  private static final GradientBoosting.Refit REFIT = new GradientBoosting.Refit(8, 12);
  private static final GradientBoosting.Effort FOR_MANY =
      new GradientBoosting.Effort(220, 63, 5, 0.15, 0.5, REFIT);
  private static final GradientBoosting.Effort FOR_FEW =
      new GradientBoosting.Effort(150, 24, 2, 0.1, 0.5, REFIT);

  private final DataSheet sheet;
  private final int mostTrees;

  KernelFit(DataSheet sheet) {
    this(sheet, Integer.MAX_VALUE);
  }

  KernelFit(DataSheet sheet, int mostTrees) {
    this.sheet = sheet;
    this.mostTrees = mostTrees;
  }

  /**
   * @param error on rows that are not among these
   */
  KernelModel fit(KernelFamily family, List<MeasuredCall> measured, KernelError error) {
    SortedMap<String, KernelVariant> variants = PhysicsFit.variants(family, sheet, measured);
    KernelModel physics = KernelModel.ofPhysics(family, variants);
    if (mostTrees == 0) {
      return physics.withError(error);
    }
    double[] labels = new double[measured.size()];
    double[][] features = new double[measured.size()][];
    for (int i = 0; i < labels.length; i++) {
      double millis = physics.physicsMillis(measured.get(i).call(), sheet);
      labels[i] = Math.log(measured.get(i).millis() / millis);
      features[i] = physics.features(measured.get(i).call(), sheet, millis);
    }
    GradientBoosting.Effort whole = labels.length >= MANY_ROWS ? FOR_MANY : FOR_FEW;
    GradientBoosting.Effort effort = whole.withMostTrees(mostTrees);
    BoostedTrees residual = GradientBoosting.fit(List.of(features), labels, effort);
    return new KernelModel(family, variants, residual, error);
  }

  /**
   * The error of such a fit on rows that were kept from it: of the first so many folds of a split.
   * None where no row was kept whose kernel the others know.
   */
  Optional<KernelError> keptOut(
      KernelFamily family, List<MeasuredCall> measured, RowSplit split, int folds) {
    List<double[]> errors = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      Map<Boolean, List<MeasuredCall>> byKept = split.byKept(family, measured, fold);
      List<MeasuredCall> others = byKept.get(false);
      List<MeasuredCall> kept = byKept.get(true);
      if (!others.isEmpty() && !kept.isEmpty()) {
        errors.add(fit(family, others, KernelError.NOT_KNOWN).absoluteErrors(kept, sheet));
      }
    }
    double[] all = errors.stream().flatMapToDouble(Arrays::stream).toArray();
    return all.length == 0 ? Optional.empty() : Optional.of(KernelError.of(all));
  }
}
