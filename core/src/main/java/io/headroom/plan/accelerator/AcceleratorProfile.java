package io.headroom.plan.accelerator;

import java.util.Collections;
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

  public Optional<KernelModel> model(KernelFamily family) {
    return Optional.ofNullable(models.get(family));
  }
}
