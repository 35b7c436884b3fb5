package io.headroom.plan.accelerator;

import io.headroom.fit.BoostedTrees;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The times of one family of kernels on one accelerator: the terms of its physics weighed by
 * coefficients, times what the physics missed, which trees tell in logarithms.
 *
 * @param coefficients of every variant, one a term
 * @param residual over the {@link #features}
 * @param error on rows that neither coefficients nor trees have seen
 */
public record KernelModel(
    KernelFamily family,
    SortedMap<String, double[]> coefficients,
    BoostedTrees residual,
    KernelError error) {
  /**
   * @throws IllegalArgumentException if there is no variant, or one has another number of
   *     coefficients than there are terms, or the trees are over other features
   */
  public KernelModel {
    coefficients = Collections.unmodifiableSortedMap(new TreeMap<>(coefficients));
    int terms = family.physics().termNames().size();
    for (Map.Entry<String, double[]> variant : coefficients.entrySet()) {
      if (variant.getValue().length != terms) {
        throw new IllegalArgumentException(
            "%s of %s needs %d coefficients: %d"
                .formatted(variant.getKey(), family.label(), terms, variant.getValue().length));
      }
    }
    if (coefficients.isEmpty()) {
      throw new IllegalArgumentException(family.label() + " needs a variant");
    }
    if (residual.thresholds().size() != featureNames(family).size()) {
      throw new IllegalArgumentException(
          "%s has %d features: %d"
              .formatted(
                  family.label(), featureNames(family).size(), residual.thresholds().size()));
    }
  }

  /** Without trees: what the physics says, and no error that is known. */
  public static KernelModel ofPhysics(
      KernelFamily family, SortedMap<String, double[]> coefficients) {
    return new KernelModel(
        family,
        coefficients,
        BoostedTrees.none(featureNames(family).size()),
        KernelError.NOT_KNOWN);
  }

  /** Of the trees: the physics' own, what the physics says, and which variant it is. */
  public static List<String> featureNames(KernelFamily family) {
    List<String> names = new ArrayList<>(family.physics().featureNames());
    names.add("physics");
    names.add("variant");
    return List.copyOf(names);
  }

  public boolean knows(KernelCall call) {
    return coefficients.containsKey(family.physics().variant(call));
  }

  /**
   * @throws IllegalArgumentException if the variant is not known, see {@link #knows}
   */
  public double millis(KernelCall call, DataSheet sheet) {
    double physics = physicsMillis(call, sheet);
    return physics * Math.exp(residual.sum(features(call, sheet, physics)));
  }

  /**
   * Of every call whose variant is known: how far it is off, as a fraction of what was measured.
   */
  public double[] absoluteErrors(List<MeasuredCall> measured, DataSheet sheet) {
    return measured.stream()
        .filter(row -> knows(row.call()))
        .mapToDouble(row -> Math.abs(millis(row.call(), sheet) / row.millis() - 1))
        .toArray();
  }

  /** Without what the trees add. */
  public double physicsMillis(KernelCall call, DataSheet sheet) {
    double[] weights = coefficients.get(family.physics().variant(call));
    if (weights == null) {
      throw new IllegalArgumentException("no variant: " + family.physics().variant(call));
    }
    double[] terms = family.physics().terms(call, sheet);
    double millis = 0;
    for (int i = 0; i < terms.length; i++) {
      millis += weights[i] * terms[i];
    }
    return millis;
  }

  /** The features of the trees, see {@link #featureNames}. */
  public double[] features(KernelCall call, DataSheet sheet, double physicsMillis) {
    double[] own = family.physics().features(call, sheet);
    double[] features = Arrays.copyOf(own, own.length + 2);
    features[own.length] = Math.log(physicsMillis);
    features[own.length + 1] = coefficients.headMap(family.physics().variant(call)).size();
    return features;
  }
}
