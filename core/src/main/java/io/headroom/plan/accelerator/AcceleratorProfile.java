package io.headroom.plan.accelerator;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of one accelerator: its data sheet, and the times of its kernels.
 *
 * @param provenance where the measured times come from, by what it is: source, commit, licence
 * @param models of the families that were measured
 * @param lenders who say of other families, and of other kernels, how long they take
 * @param adaptations of what they lend
 * @param roofline whether all times are those of a plain roofline, whatever was measured
 */
public record AcceleratorProfile(
    DataSheet sheet,
    SortedMap<String, String> provenance,
    SortedMap<KernelFamily, KernelModel> models,
    List<Lender> lenders,
    SortedMap<KernelFamily, Adaptation> adaptations,
    boolean roofline) {
  public AcceleratorProfile {
    provenance = Collections.unmodifiableSortedMap(new TreeMap<>(provenance));
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    lenders = List.copyOf(lenders);
    adaptations = Collections.unmodifiableSortedMap(new TreeMap<>(adaptations));
    for (Map.Entry<KernelFamily, KernelModel> model : models.entrySet()) {
      if (model.getValue().family() != model.getKey()) {
        throw new IllegalArgumentException("a model of another family: " + model.getKey());
      }
    }
  }

  public AcceleratorProfile(
      DataSheet sheet,
      SortedMap<String, String> provenance,
      SortedMap<KernelFamily, KernelModel> models,
      List<Lender> lenders,
      SortedMap<KernelFamily, Adaptation> adaptations) {
    this(sheet, provenance, models, lenders, adaptations, false);
  }

  /** The larger of bytes over bandwidth and operations over peak, as simple planners have it. */
  public static AcceleratorProfile roofline(DataSheet sheet) {
    return new AcceleratorProfile(
        sheet, new TreeMap<>(), new TreeMap<>(), List.of(), new TreeMap<>(), true);
  }

  /** Of an accelerator to which nothing is lent. */
  public AcceleratorProfile(
      DataSheet sheet,
      SortedMap<String, String> provenance,
      SortedMap<KernelFamily, KernelModel> models) {
    this(sheet, provenance, models, List.of(), new TreeMap<>());
  }

  /**
   * How long a call takes. Where its kernel was not measured, what is most like it says it: another
   * kernel of this accelerator for the same types, then what others lend, then any other kernel of
   * this accelerator, and at last the data sheet alone.
   *
   * @throws io.headroom.UserException if a type of elements is not known
   */
  public KernelTime time(KernelFamily family, KernelCall call) {
    family.physics().requireKnownTypes(call);
    if (roofline) {
      return new KernelTime(family.physics().rooflineMillis(call, sheet), 1, TimeBasis.DATA_SHEET);
    }
    Optional<KernelModel> own = model(family);
    if (own.isPresent() && own.get().knowsTypes(call)) {
      return own.get().time(call, sheet);
    }
    return lent(family)
        .map(kernels -> kernels.time(call))
        .or(() -> own.map(model -> model.time(call, sheet)))
        .orElseGet(() -> IdealKernels.time(family, call, sheet));
  }

  /** Whether this very kernel was measured, on this accelerator or on one that lends. */
  public boolean knows(KernelFamily family, KernelCall call) {
    return model(family).map(model -> model.knows(call)).orElse(false)
        || lent(family).map(kernels -> kernels.knows(call)).orElse(false);
  }

  private Optional<LentKernels> lent(KernelFamily family) {
    return LentKernels.of(
        family, sheet, lenders, adaptations.getOrDefault(family, Adaptation.none(family)));
  }

  /**
   * The kernels of a family that were measured: on this accelerator, or else on the most like it of
   * those that lend. None where nothing was.
   */
  public List<KernelSource> sources(KernelFamily family) {
    return model(family)
        .map(model -> model.variants().values().stream().map(KernelVariant::source).toList())
        .or(() -> lent(family).map(LentKernels::sources))
        .orElse(List.of());
  }

  public Optional<KernelModel> model(KernelFamily family) {
    return Optional.ofNullable(models.get(family));
  }
}
