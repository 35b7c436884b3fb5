package io.headroom.plan.time;

import java.util.function.DoubleUnaryOperator;

/** Times over numbers of tokens, linear between {@link Grid#tokens}. */
final class TokenTimes {
  private final double[] points;
  private final double[] millis;

  /** Of a whole number of tokens: the interval that it is in, as the points are whole numbers. */
  private final short[] intervals;

  TokenTimes(int most, DoubleUnaryOperator millisOf) {
    this.points = Grid.tokens(most);
    this.millis = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      millis[i] = Math.max(StepTable.LEAST_MILLIS, millisOf.applyAsDouble(points[i]));
    }
    this.intervals = new short[most + 1];
    for (int whole = 1; whole <= most; whole++) {
      int before = intervals[whole - 1];
      boolean isNext = before + 2 < points.length && whole >= points[before + 1];
      intervals[whole] = (short) (isNext ? before + 1 : before);
    }
  }

  /** Beyond the last point as between the last two. */
  double at(double tokens) {
    if (points.length == 1) {
      return millis[0];
    }
    int i = intervals[(int) Math.min(tokens, intervals.length - 1)];
    double part = (tokens - points[i]) / (points[i + 1] - points[i]);
    return Math.max(StepTable.LEAST_MILLIS, millis[i] + part * (millis[i + 1] - millis[i]));
  }
}
