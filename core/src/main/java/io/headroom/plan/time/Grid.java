package io.headroom.plan.time;

import java.util.TreeSet;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.DoubleStream;

/** Points between which times are interpolated. */
final class Grid {
  private static final int TILE = 128;
  private static final int MOST_TILES_APART = 4;

  /** Of a double behind its leading mantissa bit: what is left changes every half doubling. */
  private static final int MANTISSA_REST_BITS = 51;

  private static final int BITS_OF_ONE =
      (int) (Double.doubleToRawLongBits(1) >>> MANTISSA_REST_BITS);

  private Grid() {}

  /** From 1 to {@code most}, half a doubling apart: 1, 1.5, 2, 3, 4, 6 and so on. */
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
   * The interval of so many {@link #halfOctaves} that holds a value, from 0 to points - 2; what is
   * below or beyond them is in the first or the last.
   *
   * @param points at least 2
   * @param value more than 0
   */
  static int halfOctave(int points, double value) {
    int index = (int) (Double.doubleToRawLongBits(value) >>> MANTISSA_REST_BITS) - BITS_OF_ONE;
    return Math.max(0, Math.min(index, points - 2));
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

  /** Milliseconds at every point of what {@code part} adds for it. */
  static double[] millis(double[] points, ObjDoubleConsumer<PartTimes> part) {
    double[] millis = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      PartTimes times = new PartTimes();
      part.accept(times, points[i]);
      millis[i] = times.total();
    }
    return millis;
  }

  /**
   * Linear between {@link #halfOctaves}; beyond them as in the last interval, but never below 0.
   */
  static double linear(double[] points, double[] millis, double value) {
    if (points.length == 1) {
      return millis[0];
    }
    int i = halfOctave(points.length, value);
    double part = (value - points[i]) / (points[i + 1] - points[i]);
    return Math.max(0, millis[i] + part * (millis[i + 1] - millis[i]));
  }
}
