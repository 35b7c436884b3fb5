package io.headroom.plan.accelerator;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a few measured calls say of kernels that others lend: every term of the physics times a
 * factor, and every kernel times a further one, which may depend on the features of the physics.
 *
 * @param factors one a term
 * @param slopes one a feature: logarithms for each unit
 * @param least of every feature, what was measured; shapes below it count as it
 * @param most of every feature, what was measured
 * @param shifts by {@link KernelPhysics#variant}, logarithms
 * @param shift of kernels that are not among the measured ones
 * @param error of such adaptations, on measured calls that were kept from them
 */
public record Adaptation(
    double[] factors,
    double[] slopes,
    double[] least,
    double[] most,
    SortedMap<String, Double> shifts,
    double shift,
    KernelError error) {
  public Adaptation {
    shifts = Collections.unmodifiableSortedMap(new TreeMap<>(shifts));
  }

  static Adaptation none(KernelFamily family) {
    double[] ones = new double[family.physics().termNames().size()];
    Arrays.fill(ones, 1);
    double[] zeros = new double[family.physics().featureNames().size()];
    return new Adaptation(ones, zeros, zeros, zeros, new TreeMap<>(), 0, KernelError.NOT_KNOWN);
  }

  Adaptation withError(KernelError other) {
    return new Adaptation(factors, slopes, least, most, shifts, shift, other);
  }

  /** By what a call takes longer than its terms times their factors. */
  double beyond(KernelFamily family, KernelCall call, DataSheet sheet) {
    double[] features = family.physics().features(call, sheet);
    double log = shifts.getOrDefault(family.physics().variant(call), shift);
    for (int i = 0; i < features.length; i++) {
      log += slopes[i] * Math.max(least[i], Math.min(most[i], features[i]));
    }
    return Math.exp(log);
  }
}
