package io.headroom.measure;

import java.util.OptionalLong;

/**
 * Which order statistics enclose the median of what was sampled, whatever its distribution: {@code
 * P(x(k) <= median <= x(n + 1 - k)) >= 1 - 2 P(B < k)} where {@code B} is binomial with {@code n}
 * trials and probability 1/2 (David and Nagaraja, Order Statistics, 7.1).
 *
 * <p>BinomialDistribution of commons-math finds the same ranks, but takes no more trials than an
 * int counts, and several times as long for the hundreds of samples that are usual.
 */
final class MedianRanks {
  private static final double MOST_OUTSIDE_ONE_SIDE = 0.025;

  /** Of the middle probability; what is less likely adds nothing to a sum of doubles. */
  private static final double NEGLIGIBLE = 1e-30;

  private MedianRanks() {}

  /**
   * The largest rank {@code k}, from 1, for which the interval holds the median with at least 95 %
   * confidence; empty under 6 samples, whose whole range does not.
   */
  static OptionalLong lower(long samples) {
    // Probabilities from the middle down, relative to the middle one.
    long middle = samples / 2;
    double weight = 1;
    double below = 0;
    long last = middle;
    for (long i = middle; i > 0 && weight > NEGLIGIBLE; i--) {
      weight *= (double) i / (samples - i + 1);
      below += weight;
      last = i - 1;
    }
    boolean even = samples % 2 == 0;
    double all = even ? 2 * below + 1 : 2 * (below + 1);
    // Up again from the least, as long as what lies below the rank is improbable.
    double tail = 0;
    long rank = last;
    while (rank < middle) {
      tail += weight / all;
      if (tail > MOST_OUTSIDE_ONE_SIDE) {
        break;
      }
      weight *= (double) (samples - rank) / (rank + 1);
      rank++;
    }
    return rank == 0 ? OptionalLong.empty() : OptionalLong.of(rank);
  }
}
