package io.headroom.plan.accelerator;

import io.headroom.fit.LogLinearFit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels of one family that others lend to an accelerator. A call takes the coefficients of
 * the kernel that is most like its own, of an accelerator whose data sheet is most like this one,
 * and the terms of its own data sheet. What trees have learnt belongs to one kernel, and is taken
 * where the call is of that kernel and the data sheets are close.
 */
public final class LentKernels {
  /**
   * Octaves between data sheets within which trees are lent. Measured: from the L40S to the H100,
   * 3.4 octaves, they make GEMM worse (25 to 32 %) and help the experts as much (29 to 25 %).
   */
  private static final double MOST_APART_FOR_TREES = 1;

  private final KernelFamily family;
  private final DataSheet sheet;
  private final Adaptation adaptation;

  /** Of accelerators that lend this family, the most like this one first. */
  private final List<Lender> lenders;

  private LentKernels(
      KernelFamily family, DataSheet sheet, Adaptation adaptation, List<Lender> lenders) {
    this.family = family;
    this.sheet = sheet;
    this.adaptation = adaptation;
    this.lenders = lenders;
  }

  /** None where nobody lends the family. */
  public static Optional<LentKernels> of(
      KernelFamily family, DataSheet sheet, List<Lender> lenders) {
    return of(family, sheet, lenders, Adaptation.none(family));
  }

  static Optional<LentKernels> of(
      KernelFamily family, DataSheet sheet, List<Lender> lenders, Adaptation adaptation) {
    List<Lender> lending =
        lenders.stream()
            .filter(lender -> lender.models().containsKey(family))
            .sorted(
                Comparator.comparingDouble((Lender lender) -> distance(family, sheet, lender))
                    .thenComparing(lender -> lender.sheet().name()))
            .toList();
    return lending.isEmpty()
        ? Optional.empty()
        : Optional.of(new LentKernels(family, sheet, adaptation, lending));
  }

  private static double distance(KernelFamily family, DataSheet sheet, Lender lender) {
    return family.physics().distance(sheet, lender.sheet());
  }

  /** Whether one accelerator lends another what trees have learnt. */
  public static boolean lendsTrees(KernelFamily family, DataSheet lender, DataSheet borrower) {
    return family.physics().distance(borrower, lender) <= MOST_APART_FOR_TREES;
  }

  /** A kernel that is lent, and whether with what trees have learnt of it. */
  private record Choice(KernelModel model, String variant, boolean hasTrees) {}

  private Choice choice(KernelCall call) {
    String own = family.physics().variant(call);
    KernelLikeness likeness = KernelLikeness.of(family, call);
    List<Map.Entry<Double, Choice>> choices = new ArrayList<>();
    for (Lender lender : lenders) {
      KernelModel model = lender.models().get(family);
      double apart = distance(family, sheet, lender);
      boolean trees = lendsTrees(family, lender.sheet(), sheet);
      model
          .variants()
          .forEach(
              (name, variant) ->
                  choices.add(
                      Map.entry(
                          likeness.asLent(variant.source(), apart),
                          new Choice(model, name, trees && name.equals(own)))));
    }
    return choices.stream().min(Map.Entry.comparingByKey()).orElseThrow().getValue();
  }

  /** Whether an accelerator that lends has measured this very kernel. */
  boolean knows(KernelCall call) {
    return lenders.stream().anyMatch(lender -> lender.models().get(family).knows(call));
  }

  KernelTime time(KernelCall call) {
    Choice choice = choice(call);
    double octaves =
        choice
            .model
            .variants()
            .get(choice.variant)
            .source()
            .octavesBeyond(family.physics().sizes(call));
    KernelError known = adaptation.error().rows() > 0 ? adaptation.error() : choice.model.error();
    return new KernelTime(
        millis(call, choice), ErrorBand.of(family, known, octaves, true), TimeBasis.DATA_SHEET);
  }

  public double millis(KernelCall call) {
    return millis(call, choice(call));
  }

  private double millis(KernelCall call, Choice choice) {
    double[] terms = weighed(call, choice);
    return LogLinearFit.predicted(adaptation.factors(), terms, family.physics().floorPower())
        * adaptation.beyond(family, call, sheet);
  }

  /** Milliseconds of every term, which come to what is lent. */
  double[] weighed(KernelCall call) {
    return weighed(call, choice(call));
  }

  private double[] weighed(KernelCall call, Choice choice) {
    double[] coefficients = choice.model.variants().get(choice.variant).coefficients();
    double[] terms = family.physics().terms(call, sheet);
    double learnt = choice.hasTrees ? choice.model.learnt(call, sheet) : 1;
    for (int i = 0; i < terms.length; i++) {
      terms[i] *= coefficients[i] * learnt;
    }
    return terms;
  }

  /** The kernels of the accelerator that is most like this one. */
  List<KernelSource> sources() {
    return lenders.get(0).models().get(family).variants().values().stream()
        .map(KernelVariant::source)
        .toList();
  }
}
