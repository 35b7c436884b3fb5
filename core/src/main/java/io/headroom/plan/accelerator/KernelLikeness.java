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
  private static final double OTHER_TYPE = 10;
  private static final double OTHER_WINDOW = 8;
  private static final double OTHER_DISTRIBUTION = 4;
  private static final double OTHER_LIBRARY = 1;

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
    double sum = physics.hasWindow(call) == source.window() ? 0 : OTHER_WINDOW;
    List<String> columns = physics.texts();
    for (int i = 0; i < columns.size(); i++) {
      String asked = call.texts().get(i);
      String measured = source.texts().get(i);
      if (!asked.equals(measured)) {
        sum += difference(columns.get(i), asked, measured);
      }
    }
    return sum + source.octavesBeyond(sizes);
  }

  private static double difference(String column, String asked, String measured) {
    if (KernelPhysics.isType(column)) {
      double octaves =
          KernelPhysics.log2(
              KernelCall.elementBytes(column, asked) / KernelCall.elementBytes(column, measured));
      return OTHER_TYPE * (1 + Math.abs(octaves));
    }
    return switch (column) {
      case "kernel_source" -> OTHER_LIBRARY * (1 - alike(asked, measured));
      case "distribution" -> OTHER_DISTRIBUTION;
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
