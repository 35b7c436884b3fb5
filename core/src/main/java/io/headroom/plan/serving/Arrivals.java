package io.headroom.plan.serving;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.random.Well19937c;

/** Times at which requests arrive, in milliseconds from 0 and in order. The same seed, the same. */
public final class Arrivals {
  private static final double MILLIS_PER_SECOND = 1000;

  private Arrivals() {}

  /**
   * Each independent of the others.
   *
   * @param perSecond how many arrive on average, more than 0
   */
  public static double[] poisson(int count, double perSecond, long seed) {
    double meanGap = meanGapMillis(perSecond);
    SplittableRandom random = new SplittableRandom(seed);
    double[] millis = new double[count];
    double at = 0;
    for (int i = 0; i < count; i++) {
      at -= meanGap * Math.log(1 - random.nextDouble());
      millis[i] = at;
    }
    return millis;
  }

  /**
   * With gaps drawn from a gamma distribution, as BurstGPT describes bursts of real users.
   *
   * @param variation standard deviation of gaps over their mean, more than 0: 1 is {@link
   *     #poisson}, more comes in bursts, less is more even
   */
  public static double[] bursty(int count, double perSecond, double variation, long seed) {
    double meanGap = meanGapMillis(perSecond);
    if (!(variation > 0) || Double.isInfinite(variation)) {
      throw new IllegalArgumentException("a variation must be more than 0: " + variation);
    }
    double shape = 1 / (variation * variation);
    GammaDistribution gaps = new GammaDistribution(new Well19937c(seed), shape, meanGap / shape);
    double[] millis = new double[count];
    double at = 0;
    for (int i = 0; i < count; i++) {
      at += gaps.sample();
      millis[i] = at;
    }
    return millis;
  }

  /**
   * Those of a trace, as if so many times as many came in the same time.
   *
   * @param traceMillis in order
   * @param rateScale by which times are divided, more than 0
   */
  public static double[] scaled(double[] traceMillis, double rateScale) {
    if (!(rateScale > 0) || Double.isInfinite(rateScale)) {
      throw new IllegalArgumentException("a scale must be more than 0: " + rateScale);
    }
    double begin = traceMillis.length == 0 ? 0 : traceMillis[0];
    return Arrays.stream(traceMillis).map(millis -> (millis - begin) / rateScale).toArray();
  }

  /**
   * A trace repeated, one copy a mean gap after the other, each time moved by a random part of a
   * number of milliseconds so that no copy is like another. The i-th time is about that of request
   * i modulo the trace's length, whose tokens it should have.
   *
   * @param traceMillis in order, at least one
   * @param count how many times are wanted
   * @param jitterMillis by which a time is moved at most, at least 0
   */
  public static double[] repeated(double[] traceMillis, int count, double jitterMillis, long seed) {
    if (traceMillis.length == 0 || !(jitterMillis >= 0)) {
      throw new IllegalArgumentException(
          "a trace has at least 1 time, and jitter is at least 0: %d, %s"
              .formatted(traceMillis.length, jitterMillis));
    }
    int length = traceMillis.length;
    double span = traceMillis[length - 1] - traceMillis[0];
    double period = length == 1 ? jitterMillis : span + span / (length - 1);
    SplittableRandom random = new SplittableRandom(seed);
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      int copy = i / length;
      double own = traceMillis[i % length] - traceMillis[0];
      millis[i] = own + copy * period + jitterMillis * random.nextDouble();
    }
    Arrays.sort(millis);
    return millis;
  }

  private static double meanGapMillis(double perSecond) {
    if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
      throw new IllegalArgumentException("a rate must be more than 0: " + perSecond);
    }
    return MILLIS_PER_SECOND / perSecond;
  }
}
