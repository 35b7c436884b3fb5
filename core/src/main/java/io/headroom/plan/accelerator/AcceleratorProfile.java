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
 */
public record AcceleratorProfile(
    DataSheet sheet,
    SortedMap<String, String> provenance,
    SortedMap<KernelFamily, KernelModel> models) {
  public AcceleratorProfile {
    provenance = Collections.unmodifiableSortedMap(new TreeMap<>(provenance));
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    for (Map.Entry<KernelFamily, KernelModel> model : models.entrySet()) {
      if (model.getValue().family() != model.getKey()) {
        throw new IllegalArgumentException("a model of another family: " + model.getKey());
      }
    }
  }

  /**
   * How long a call takes. Where its kernel was not measured, what is most like it says it.
   *
   * @throws io.headroom.UserException if a type of elements is not known
   */
  public KernelTime time(KernelFamily family, KernelCall call) {
    family.physics().requireKnownTypes(call);
    return model(family)
        .map(model -> model.time(call, sheet))
        .orElseGet(() -> IdealKernels.time(family, call, sheet));
  }

  /** The kernels of a family that were measured; none where nothing was. */
  public List<KernelSource> sources(KernelFamily family) {
    return model(family).stream()
        .flatMap(model -> model.variants().values().stream())
        .map(KernelVariant::source)
        .toList();
  }

  public Optional<KernelModel> model(KernelFamily family) {
    return Optional.ofNullable(models.get(family));
  }
}
