package io.headroom.plan.accelerator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Which of the measured kernels says most of a call that none of them is: one that does the same,
 * of the same types, with a window or without as the call has it, of a library whose name begins
 * alike, measured in shapes that are not far from it.
 */
final class KernelLikeness {
  private static final double OTHER_OPERATION = 100;

  /** Kernels of one accelerator differ by what they were compiled for. */
  private static final Weights OWN = new Weights(10, 8, 4, 1);

  /** Of other accelerators the coefficients are taken alone, and the terms know the types. */
  private static final Weights LENT = new Weights(0.5, 0.5, 0.5, 3);

  private static final double OTHER_LAYOUT = 6;
  private static final double OTHER_ACCELERATOR = 1.5;
  private static final double LENT_OCTAVE = 0.3;

  /** How much each difference counts; that of a library where nothing of its name is alike. */
  private record Weights(double type, double window, double distribution, double library) {}

  private final KernelPhysics physics;
  private final KernelCall call;
  private final Map<String, Double> sizes;

  private KernelLikeness(KernelPhysics physics, KernelCall call) {
    this.physics = physics;
    this.call = call;
    this.sizes = physics.sizes(call);
  }

  static KernelLikeness of(KernelFamily family, KernelCall call) {
    return new KernelLikeness(family.physics(), call);
  }

  /**
   * @param variants at least one
   * @return the key of the one that is most like the call; the first of those that are as like
   */
  String mostLike(SortedMap<String, KernelVariant> variants) {
    return variants.entrySet().stream()
        .min(
            Comparator.comparingDouble(
                    (Map.Entry<String, KernelVariant> variant) ->
                        difference(variant.getValue().source()))
                .thenComparing(Map.Entry::getKey))
        .orElseThrow()
        .getKey();
  }

  private double difference(KernelSource source) {
    return difference(source, OWN) + source.octavesBeyond(sizes);
  }

  /**
   * How unlike a call a kernel is that another accelerator lends.
   *
   * @param apart the accelerators by their data sheets, see {@link KernelPhysics#distance}
   */
  double asLent(KernelSource source, double apart) {
    double layout =
        physics.layout(call.texts()).equals(physics.layout(source.texts())) ? 0 : OTHER_LAYOUT;
    return difference(source, LENT)
        + layout
        + OTHER_ACCELERATOR * apart
        + LENT_OCTAVE * source.octavesBeyond(sizes);
  }

  private double difference(KernelSource source, Weights weights) {
    double sum = physics.hasWindow(call) == source.window() ? 0 : weights.window;
    List<String> columns = physics.texts();
    for (int i = 0; i < columns.size(); i++) {
      String asked = call.texts().get(i);
      String measured = source.texts().get(i);
      if (!asked.equals(measured)) {
        sum += difference(columns.get(i), asked, measured, weights);
      }
    }
    return sum;
  }

  private static double difference(String column, String asked, String measured, Weights weights) {
    if (KernelPhysics.isType(column)) {
      double octaves =
          KernelPhysics.log2(
              KernelCall.elementBytes(column, asked) / KernelCall.elementBytes(column, measured));
      return weights.type * (1 + Math.abs(octaves));
    }
    return switch (column) {
      case "kernel_source" -> weights.library * (1 - alike(asked, measured));
      case "distribution" -> weights.distribution;
      default -> OTHER_OPERATION;
    };
  }

  /** The part of two names that is the same from their beginning. */
  private static double alike(String one, String other) {
    int same = 0;
    while (same < Math.min(one.length(), other.length())
        && one.charAt(same) == other.charAt(same)) {
      same++;
    }
    return (double) same / Math.max(one.length(), other.length());
  }
}
