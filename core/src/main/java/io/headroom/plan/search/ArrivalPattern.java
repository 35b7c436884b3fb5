package io.headroom.plan.search;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How evenly requests come.
 *
 * @param levels rates as parts of the mean one, rising: what the rate is while a part of the
 *     requests comes
 * @param weights the part of the requests that comes at each; they sum up to 1
 * @param variation squared coefficient of variation of the gaps, at a level; 1: at random
 */
public record ArrivalPattern(double[] levels, double[] weights, double variation)
    implements Serializable {
  /** At random, at one rate. */
  public static final ArrivalPattern POISSON = gaps(1);

  /** Parts of the windows, by their rate: few at its highest, which are the first to miss. */
  private static final double[] LEVEL_CUTS = {0, 0.25, 0.5, 0.7, 0.84, 0.92, 0.96, 0.985, 1};

  /** Fewer requests in a window tell nothing of its rate. */
  private static final int FEWEST_IN_WINDOW = 4;

  public ArrivalPattern {
    if (levels.length == 0 || levels.length != weights.length || !(variation >= 0)) {
      throw new IllegalArgumentException(
          "levels and weights must be as many, variation not negative: %s, %s, %s"
              .formatted(Arrays.toString(levels), Arrays.toString(weights), variation));
    }
  }

  /** At one rate, with gaps of such a squared coefficient of variation. */
  public static ArrivalPattern gaps(double variation) {
    return new ArrivalPattern(new double[] {1}, new double[] {1}, variation);
  }

  /**
   * Of a trace. The rate is what comes in windows; what chance alone makes of even arrivals is
   * taken off its variation.
   *
   * @param arrivalMillis in order
   * @param windowMillis about as long as a request lasts: what changes more quickly is evened out
   */
  public static ArrivalPattern of(double[] arrivalMillis, double windowMillis) {
    int count = arrivalMillis.length;
    double span = count < 2 ? 0 : arrivalMillis[count - 1] - arrivalMillis[0];
    if (!(span > 0)) {
      return POISSON;
    }
    double meanGap = span / (count - 1);
    double window = Math.max(windowMillis, FEWEST_IN_WINDOW * meanGap);
    int windows = Math.max(1, (int) (span / window));
    double[] counts = new double[windows];
    for (double arrival : arrivalMillis) {
      counts[Math.min(windows - 1, (int) ((arrival - arrivalMillis[0]) / span * windows))]++;
    }
    double mean = (double) count / windows;
    double variance = Arrays.stream(counts).map(c -> (c - mean) * (c - mean)).sum() / windows;
    double kept = variance > mean ? Math.sqrt((variance - mean) / variance) : 0;
    double[] rates = Arrays.stream(counts).map(c -> 1 + (c / mean - 1) * kept).sorted().toArray();
    return levels(rates, gapVariation(arrivalMillis, window));
  }

  private static ArrivalPattern levels(double[] rates, double variation) {
    double[] levels = new double[LEVEL_CUTS.length - 1];
    double[] weights = new double[levels.length];
    int count = 0;
    int from = 0;
    for (int i = 1; i < LEVEL_CUTS.length; i++) {
      int to = (int) Math.round(LEVEL_CUTS[i] * rates.length);
      if (to > from) {
        double sum = Arrays.stream(rates, from, to).sum();
        levels[count] = sum / (to - from);
        weights[count] = sum / rates.length;
        count++;
        from = to;
      }
    }
    return new ArrivalPattern(
        Arrays.copyOf(levels, count), Arrays.copyOf(weights, count), variation);
  }

  /** Within windows, so that slow changes of the rate do not count twice. */
  private static double gapVariation(double[] arrivals, double window) {
    double variance = 0;
    double squares = 0;
    int from = 0;
    for (int i = 1; i <= arrivals.length; i++) {
      if (i == arrivals.length || arrivals[i] - arrivals[from] > window) {
        int gaps = i - 1 - from;
        if (gaps >= FEWEST_IN_WINDOW) {
          double mean = (arrivals[i - 1] - arrivals[from]) / gaps;
          for (int j = from + 1; j < i; j++) {
            double gap = arrivals[j] - arrivals[j - 1];
            variance += (gap - mean) * (gap - mean) * gaps / (gaps - 1);
            squares += mean * mean;
          }
        }
        from = i;
      }
    }
    return squares > 0 ? variance / squares : 1;
  }

  /** The rate that all but {@code part} of the requests come at or below, as a part of the mean. */
  double levelOf(double part) {
    double above = 0;
    for (int i = levels.length - 1; i > 0; i--) {
      above += weights[i];
      if (above > part) {
        return levels[i];
      }
    }
    return levels[0];
  }
}
