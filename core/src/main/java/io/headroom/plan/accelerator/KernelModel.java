package io.headroom.plan.accelerator;

import io.headroom.fit.BoostedTrees;
import io.headroom.fit.LogLinearFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The times of one family of kernels on one accelerator: the terms of its physics weighed by
 * coefficients, times what the physics missed, which trees tell in logarithms.
 *
 * @param variants the kernels that were measured, by {@link KernelPhysics#variant}
 * @param residual over the {@link #features}
 * @param error on rows that neither coefficients nor trees have seen
 */
public record KernelModel(
    KernelFamily family,
    SortedMap<String, KernelVariant> variants,
    BoostedTrees residual,
    KernelError error) {
  /**
   * @throws IllegalArgumentException if there is no variant, or one has another number of
   *     coefficients than there are terms, or the trees are over other features
   */
  public KernelModel {
    variants = Collections.unmodifiableSortedMap(new TreeMap<>(variants));
    int terms = family.physics().termNames().size();
    for (Map.Entry<String, KernelVariant> variant : variants.entrySet()) {
      int coefficients = variant.getValue().coefficients().length;
      if (coefficients != terms) {
        throw new IllegalArgumentException(
            "%s of %s needs %d coefficients: %d"
                .formatted(variant.getKey(), family.label(), terms, coefficients));
      }
    }
    if (variants.isEmpty()) {
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
      KernelFamily family, SortedMap<String, KernelVariant> variants) {
    return new KernelModel(
        family, variants, BoostedTrees.none(featureNames(family).size()), KernelError.NOT_KNOWN);
  }

  /** Of the trees: the physics' own, what the physics says, and which variant it is. */
  public static List<String> featureNames(KernelFamily family) {
    List<String> names = new ArrayList<>(family.physics().featureNames());
    names.add("physics");
    names.add("variant");
    return List.copyOf(names);
  }

  public boolean knows(KernelCall call) {
    return variants.containsKey(family.physics().variant(call));
  }

  /** Whether a kernel for the same types was measured. */
  boolean knowsTypes(KernelCall call) {
    if (knows(call)) {
      return true;
    }
    List<String> columns = family.physics().texts();
    return variants.values().stream()
        .map(variant -> variant.source().texts())
        .anyMatch(
            texts ->
                IntStream.range(0, columns.size())
                    .filter(i -> KernelPhysics.isType(columns.get(i)))
                    .allMatch(i -> texts.get(i).equals(call.texts().get(i))));
  }

  /** What the model says of a call, and how far that may be off. */
  public KernelTime time(KernelCall call, DataSheet sheet) {
    KernelCall turn = family.physics().turn(call, sheet);
    String variant = nearest(turn);
    double octaves = variants.get(variant).source().octavesBeyond(family.physics().sizes(turn));
    boolean isSame = variant.equals(family.physics().variant(turn));
    return new KernelTime(
        family.physics().turns(call, sheet) * millis(turn, sheet, variant),
        ErrorBand.of(family, error, octaves, isSame),
        isSame && octaves == 0 ? TimeBasis.MEASURED : TimeBasis.EXTRAPOLATED);
  }

  /** Where the kernel was not measured, by what is most like it. */
  public double millis(KernelCall call, DataSheet sheet) {
    KernelCall turn = family.physics().turn(call, sheet);
    return family.physics().turns(call, sheet) * millis(turn, sheet, nearest(turn));
  }

  private double millis(KernelCall call, DataSheet sheet, String variant) {
    double physics = physicsMillis(call, sheet, variant);
    return physics * Math.exp(residual.sum(features(call, sheet, variant, physics)));
  }

  /** By what the trees multiply what the physics says of a call whose variant is known. */
  double learnt(KernelCall call, DataSheet sheet) {
    return millis(call, sheet) / physicsMillis(call, sheet);
  }

  /** The same without the trees beyond the first so many, which say most of it. */
  public KernelModel withFirstTrees(int count) {
    return new KernelModel(family, variants, residual.first(count), error);
  }

  /** The same with another error. */
  public KernelModel withError(KernelError other) {
    return new KernelModel(family, variants, residual, other);
  }

  /** The variant of a call, or the one that is most like it: see {@link KernelLikeness}. */
  private String nearest(KernelCall call) {
    String own = family.physics().variant(call);
    return variants.containsKey(own) ? own : KernelLikeness.of(family, call).mostLike(variants);
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
    return physicsMillis(call, sheet, nearest(call));
  }

  private double physicsMillis(KernelCall call, DataSheet sheet, String variant) {
    return LogLinearFit.predicted(
        variants.get(variant).coefficients(),
        family.physics().terms(call, sheet),
        family.physics().floorPower());
  }

  /** The features of the trees, see {@link #featureNames}. */
  public double[] features(KernelCall call, DataSheet sheet, double physicsMillis) {
    return features(call, sheet, nearest(call), physicsMillis);
  }

  private double[] features(
      KernelCall call, DataSheet sheet, String variant, double physicsMillis) {
    double[] own = family.physics().features(call, sheet);
    double[] features = Arrays.copyOf(own, own.length + 2);
    features[own.length] = Math.log(physicsMillis);
    features[own.length + 1] = variants.headMap(variant).size();
    return features;
  }
}
