package io.headroom.plan.accelerator;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A kernel that was measured, and in which shapes.
 *
 * @param texts in the order of {@link KernelPhysics#texts}
 * @param window whether it was called with a window
 * @param ranges of every column of numbers and of every {@link KernelPhysics#sizes size} the least
 *     and the most that was measured
 * @param rows that were measured
 */
public record KernelSource(
    List<String> texts, boolean window, SortedMap<String, double[]> ranges, int rows) {
  public KernelSource {
    texts = List.copyOf(texts);
    ranges = Collections.unmodifiableSortedMap(new TreeMap<>(ranges));
  }

  /**
   * @param measured one or more rows of one variant
   */
  static KernelSource of(KernelFamily family, List<MeasuredCall> measured) {
    KernelPhysics physics = family.physics();
    KernelCall first = measured.get(0).call();
    SortedMap<String, double[]> ranges = new TreeMap<>();
    for (MeasuredCall row : measured) {
      for (int i = 0; i < row.call().numbers().length; i++) {
        widen(ranges, physics.numbers().get(i), row.call().numbers()[i]);
      }
      physics.sizes(row.call()).forEach((name, value) -> widen(ranges, name, value));
    }
    return new KernelSource(first.texts(), physics.hasWindow(first), ranges, measured.size());
  }

  private static void widen(SortedMap<String, double[]> ranges, String name, double value) {
    double[] range = ranges.computeIfAbsent(name, any -> new double[] {value, value});
    range[0] = Math.min(range[0], value);
    range[1] = Math.max(range[1], value);
  }

  /**
   * How many times a size must be doubled or halved to be among those measured: the most of all.
   */
  double octavesBeyond(Map<String, Double> sizes) {
    double most = 0;
    for (Map.Entry<String, Double> size : sizes.entrySet()) {
      double[] range = ranges.get(size.getKey());
      if (range != null) {
        double value = KernelPhysics.log2(Math.max(1, size.getValue()));
        most = Math.max(most, value - KernelPhysics.log2(Math.max(1, range[1])));
        most = Math.max(most, KernelPhysics.log2(Math.max(1, range[0])) - value);
      }
    }
    return most;
  }
}
