package io.headroom.workload;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Many short prompts and a long tail. With median {@code p50} and mean {@code mean} a lognormal has
 * mu = ln p50 and sigma = sqrt(2 ln(mean / p50)).
 *
 * <p>Draws are rounded to whole tokens; those outside 1 to {@code max} are drawn again and counted.
 * Mean and median are those of the whole distribution: a tight {@code max} lowers both.
 *
 * @param mean tokens, finite and above {@code p50}
 * @param p50 median, in tokens, at least 1
 * @param max tokens, at least {@code p50}
 */
public record LognormalLengths(double mean, double p50, int max) implements LengthDistribution {
  private static final NormalDistribution NORMAL = new NormalDistribution();

  public LognormalLengths {
    if (!(p50 >= 1)) {
      throw new IllegalArgumentException("lognormal p50 must be at least 1: " + p50);
    }
    if (!(mean > p50) || !Double.isFinite(mean)) {
      throw new IllegalArgumentException(
          "lognormal mean must be finite and above p50, which is %s: %s".formatted(p50, mean));
    }
    if (max < p50) {
      throw new IllegalArgumentException(
          "lognormal max must be at least p50, which is %s: %d".formatted(p50, max));
    }
  }

  /** Mean of the logarithm of the length. */
  public double mu() {
    return StrictMath.log(p50);
  }

  /** Standard deviation of the logarithm of the length. */
  public double sigma() {
    return StrictMath.sqrt(2 * StrictMath.log(mean / p50));
  }

  /**
   * What draws are expected to be on average, in tokens: the mean of what {@code max} and 1 leave
   * of the distribution.
   */
  public double expectedMean() {
    double fromDeviations = (StrictMath.log(0.5) - mu()) / sigma();
    double toDeviations = (StrictMath.log(max + 0.5) - mu()) / sigma();
    // Weighted by its length a lognormal is one whose logarithms are larger by sigma squared.
    return mean
        * NORMAL.probability(fromDeviations - sigma(), toDeviations - sigma())
        / NORMAL.probability(fromDeviations, toDeviations);
  }

  @Override
  public DrawnLengths draw(int count, long seed) {
    SeededDraws draws = new SeededDraws(seed);
    double mu = mu();
    double sigma = sigma();
    List<Integer> tokens = new ArrayList<>(SeededDraws.requireCount(count));
    long redrawn = 0;
    while (tokens.size() < count) {
      double drawn = StrictMath.rint(StrictMath.exp(mu + sigma * draws.nextGaussian()));
      if (drawn < 1 || drawn > max) {
        redrawn++;
        continue;
      }
      tokens.add((int) drawn);
    }
    return new DrawnLengths(tokens, redrawn);
  }
}
