package io.headroom.workload;

import java.util.SplittableRandom;

/**
 * Random numbers that depend on the seed alone: the bits of {@link SplittableRandom}, and strict
 * arithmetic from there, since the JDK does not promise bounded or normal draws across versions.
 */
final class SeededDraws {
  private static final double UNIT = 0x1.0p-53;

  private final SplittableRandom random;

  SeededDraws(long seed) {
    this.random = new SplittableRandom(seed);
  }

  static int requireCount(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count must not be negative: " + count);
    }
    return count;
  }

  /** Uniform in [0, 1), of 53 bits. */
  double nextUnit() {
    return (random.nextLong() >>> 11) * UNIT;
  }

  /** Standard normal (Box and Muller, 1958). */
  double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextUnit()));
    return radius * StrictMath.cos(2 * Math.PI * nextUnit());
  }
}
