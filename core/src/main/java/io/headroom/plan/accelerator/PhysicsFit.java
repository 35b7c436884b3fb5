package io.headroom.plan.accelerator;

import io.headroom.fit.LogLinearFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fits the coefficients of a family's physics to measured calls, variant by variant. */
public final class PhysicsFit {
  /** A dozen coefficients need no more. */
  private static final int MOST_CALLS = 1500;

  /** Ideal terms are right within a factor of e. */
  private static final double PRIOR_SPREAD = 1;

  private PhysicsFit() {}

  /**
   * @param measured in an order that decides which calls are taken where there are very many
   * @return every variant among them, with its coefficients
   */
  public static SortedMap<String, KernelVariant> variants(
      KernelFamily family, DataSheet sheet, List<MeasuredCall> measured) {
    SortedMap<String, List<MeasuredCall>> calls = new TreeMap<>();
    for (MeasuredCall one : measured) {
      calls
          .computeIfAbsent(family.physics().variant(one.call()), variant -> new ArrayList<>())
          .add(one);
    }
    SortedMap<String, KernelVariant> variants = new TreeMap<>();
    calls.forEach(
        (variant, rows) ->
            variants.put(
                variant,
                new KernelVariant(KernelSource.of(family, rows), fit(family, sheet, rows))));
    return variants;
  }

  private static double[] fit(KernelFamily family, DataSheet sheet, List<MeasuredCall> calls) {
    KernelPhysics physics = family.physics();
    int stride = (calls.size() + MOST_CALLS - 1) / MOST_CALLS;
    List<LogLinearFit.Observation> observations = new ArrayList<>();
    for (int i = 0; i < calls.size(); i += stride) {
      MeasuredCall measured = calls.get(i);
      observations.add(
          new LogLinearFit.Observation(
              Arrays.stream(physics.terms(measured.call(), sheet)).boxed().toList(),
              measured.millis()));
    }
    List<Double> ideal = Collections.nCopies(physics.termNames().size(), 1.0);
    LogLinearFit.Manner manner = new LogLinearFit.Manner(physics.floorPower(), PRIOR_SPREAD);
    return LogLinearFit.fit(ideal, observations, manner).coefficients().stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
