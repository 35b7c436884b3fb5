package io.headroom.plan.time;

import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/** Points between which times are interpolated. */
final class Grid {
  private static final int TILE = 128;
  private static final int MOST_TILES_APART = 4;

  private Grid() {}

  /** From 1 to {@code most}, half a doubling apart. */
  static double[] halfOctaves(double most) {
    TreeSet<Double> points = new TreeSet<>();
    for (double point = 1; point < most; point *= 2) {
      points.add(point);
      points.add(point * 1.5);
    }
    points.removeIf(point -> point > most);
    points.add(1.0);
    points.add(Math.max(1, most));
    return points.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Numbers of tokens from 1 to {@code most}. Matrices are multiplied in tiles of rows: times step
   * where one more is needed, so that both sides of a step are points.
   */
  static double[] tokens(double most) {
    TreeSet<Double> points = new TreeSet<>();
    DoubleStream.of(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 33, 48, 64, 65, 96).forEach(points::add);
    int apart = 1;
    for (long point = TILE; point <= most; point += (long) apart * TILE) {
      points.add((double) point);
      points.add(point + 1.0);
      apart = (int) Math.max(1, point / TILE / MOST_TILES_APART / 2);
    }
    points.removeIf(point -> point > most);
    points.add(Math.max(1, most));
    return points.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The index of the interval that holds a value: 0 to points - 2. */
  static int interval(double[] points, double value) {
    int found = Arrays.binarySearch(points, value);
    int index = found >= 0 ? found : -found - 2;
    return Math.max(0, Math.min(index, points.length - 2));
  }
}
