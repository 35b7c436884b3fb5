package io.headroom.plan.search;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** Values at the points of a curve, each computed when it is first asked for. */
final class PointValues {
  private final double[] values;
  private final IntToDoubleFunction of;

  /**
   * @param of the value at a point, no NaN
   */
  PointValues(int points, IntToDoubleFunction of) {
    this.values = new double[points];
    this.of = of;
    Arrays.fill(values, Double.NaN);
  }

  double at(int point) {
    if (Double.isNaN(values[point])) {
      values[point] = of.applyAsDouble(point);
    }
    return values[point];
  }

  /**
   * Linear between points.
   *
   * @param position index of a point and part of the way to the next
   * @param beyond the value behind the last point
   */
  double between(double position, double beyond) {
    if (position >= values.length) {
      return beyond;
    }
    int point = (int) position;
    double left = at(point);
    double part = position - point;
    return part == 0 ? left : left + part * (at(point + 1) - left);
  }
}
