package io.headroom.plan.search;

/** The far ends of distributions. */
final class Tails {
  private static final double ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

  private Tails() {}

  /**
   * The probability that a standard normal variable is above {@code z}, within 1e-7 (Abramowitz and
   * Stegun, Handbook of Mathematical Functions, 26.2.17).
   */
  static double normal(double z) {
    if (z < 0) {
      return 1 - normal(-z);
    }
    double t = 1 / (1 + 0.2316419 * z);
    double series =
        t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return density(z) * series;
  }

  static double density(double z) {
    return Math.exp(-z * z / 2) / ROOT_TWO_PI;
  }

  /**
   * The probability that a gamma distributed variable is above a value (Wilson and Hilferty, The
   * distribution of chi-square, 1931).
   */
  static double gamma(double value, double mean, double variance) {
    if (value <= 0) {
      return 1;
    }
    if (!(mean > 0) || !(variance > 0)) {
      return value < mean ? 1 : 0;
    }
    double ninth = variance / (9 * mean * mean);
    return normal((Math.cbrt(value / mean) - (1 - ninth)) / Math.sqrt(ninth));
  }
}
