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

  private PhysicsFit() {}

  /**
   * @param measured in an order that decides which calls are taken where there are very many
   * @return of every variant among them its coefficients, one a term
   */
  public static SortedMap<String, double[]> coefficients(
      KernelFamily family, DataSheet sheet, List<MeasuredCall> measured) {
    SortedMap<String, List<MeasuredCall>> variants = new TreeMap<>();
    for (MeasuredCall one : measured) {
      variants
          .computeIfAbsent(family.physics().variant(one.call()), variant -> new ArrayList<>())
          .add(one);
    }
    SortedMap<String, double[]> coefficients = new TreeMap<>();
    variants.forEach((variant, calls) -> coefficients.put(variant, fit(family, sheet, calls)));
    return coefficients;
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
    return LogLinearFit.fit(ideal, observations).coefficients().stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
