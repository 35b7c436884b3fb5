package io.headroom.plan.serving;

import java.util.Arrays;

/** How much of something there was in each of equal pieces of time, in amounts times time. */
final class TimeSum {
  private final double width;

  /** Of spans that begin or end in a bin. */
  private double[] parts = new double[64];

  /** What spans that cover a whole bin add from it on. */
  private double[] changes = new double[64];

  TimeSum(double width) {
    this.width = width;
  }

  void add(double from, double to, double amount) {
    int first = (int) (from / width);
    int last = (int) (to / width);
    grow(last + 1);
    if (first == last) {
      parts[first] += (to - from) * amount;
      return;
    }
    parts[first] += ((first + 1) * width - from) * amount;
    parts[last] += (to - last * width) * amount;
    changes[first + 1] += amount * width;
    changes[last] -= amount * width;
  }

  /** Of so many bins. */
  double[] sums(int bins) {
    grow(bins);
    double[] sums = new double[bins];
    double whole = 0;
    for (int i = 0; i < bins; i++) {
      whole += changes[i];
      sums[i] = parts[i] + whole;
    }
    return sums;
  }

  private void grow(int last) {
    if (last < parts.length) {
      return;
    }
    int more = Math.max(last + 1, 2 * parts.length);
    parts = Arrays.copyOf(parts, more);
    changes = Arrays.copyOf(changes, more);
  }
}
