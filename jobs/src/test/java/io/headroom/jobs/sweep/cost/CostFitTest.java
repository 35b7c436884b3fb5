package io.headroom.jobs.sweep.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.sweep.cost.CostFit.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostFitTest {
  private static final PhaseCost KNOWN = new PhaseCost(5_000, 0.01, 0.07);
  private static final PhaseCost TRUE = new PhaseCost(20_000, 0.004, 0.2);

  @Test
  void findsTheConstantsBehindExactTimes() {
    PhaseCost found = CostFit.fit(KNOWN, observations(60, 0, 0)).cost();

    assertClose(found, 1);
  }

  /** One in five ten times too long, as on a host with a noisy neighbour. */
  @Test
  void outliersDoNotCount() {
    assertClose(CostFit.fit(KNOWN, observations(200, 0.02, 5)).cost(), 10);
  }

  @Test
  void noiseDoesNotSpoilTheFit() {
    PhaseCost found = CostFit.fit(KNOWN, observations(200, 0.1, 0)).cost();

    for (Observation seen : observations(50, 0, 0)) {
      assertThat(found.nanos(seen.work())).isCloseTo(seen.nanos(), Percentage.withPercentage(10));
    }
  }

  /** One time cannot tell three constants: what fits and is nearest to what was known is taken. */
  @Test
  void aSingleTimeIsMetWithConstantsNearTheKnownOnes() {
    Work work = new Work(1, 1e6, 1e5);
    PhaseCost found =
        CostFit.fit(KNOWN, List.of(new Observation(work, 2 * KNOWN.nanos(work)))).cost();

    assertThat(found.nanos(work)).isCloseTo(2 * KNOWN.nanos(work), Percentage.withPercentage(1));
    assertThat(found.nanosPerCall() / KNOWN.nanosPerCall()).isBetween(1.0, 3.0);
    assertThat(found.nanosPerFlop() / KNOWN.nanosPerFlop()).isBetween(1.0, 3.0);
    assertThat(found.nanosPerByte() / KNOWN.nanosPerByte()).isBetween(1.0, 3.0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1e3})
  void constantsFarOffAreFoundToo(double factor) {
    PhaseCost far =
        new PhaseCost(
            TRUE.nanosPerCall() * factor,
            TRUE.nanosPerFlop() * factor,
            TRUE.nanosPerByte() * factor);

    assertClose(CostFit.fit(far, observations(60, 0, 0)).cost(), 1);
  }

  /** Whatever was measured, a fit ends, with costs that predict a time. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void degenerateObservationsEndTheFitAndNothingElse(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      List<Observation> observations = degenerate(random);
      PhaseCost found = CostFit.fit(KNOWN, observations).cost();

      for (Observation seen : observations) {
        assertThat(found.nanos(seen.work())).isPositive().isFinite();
      }
    }
  }

  /** One length, equal works, times of a nanosecond and of centuries, outliers. */
  private static List<Observation> degenerate(Random random) {
    int count = 1 + random.nextInt(64);
    int kinds = 1 + random.nextInt(3);
    double spread = random.nextInt(4) * 10.0;
    double middle = 40 * random.nextDouble();
    boolean oneWork = random.nextBoolean();
    Work work = work(random, kinds);
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double nanos = Math.exp(middle + spread * (random.nextDouble() - 0.5));
      boolean outlier = random.nextInt(8) == 0;
      observations.add(
          new Observation(
              oneWork ? work : work(random, kinds), Math.max(1, outlier ? nanos * 1e6 : nanos)));
    }
    return observations;
  }

  private static Work work(Random random, int kinds) {
    double flops = kinds > 1 ? Math.pow(10, 20 * random.nextDouble()) : 0;
    double bytes = kinds > 2 ? Math.pow(10, 14 * random.nextDouble()) : 0;
    return new Work(1, flops, bytes);
  }

  private static void assertClose(PhaseCost found, double percent) {
    Percentage close = Percentage.withPercentage(percent);
    assertThat(found.nanosPerCall()).isCloseTo(TRUE.nanosPerCall(), close);
    assertThat(found.nanosPerFlop()).isCloseTo(TRUE.nanosPerFlop(), close);
    assertThat(found.nanosPerByte()).isCloseTo(TRUE.nanosPerByte(), close);
  }

  /**
   * Times of work in which each part is the largest now and then.
   *
   * @param noise relative standard deviation
   * @param everyOutlier one in so many is ten times too long; 0: none
   */
  private static List<Observation> observations(int count, double noise, int everyOutlier) {
    Random random = new Random(count);
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Work work =
          new Work(
              1,
              Math.pow(10, 4 + 5 * random.nextDouble()),
              Math.pow(10, 3 + 4 * random.nextDouble()));
      double nanos = TRUE.nanos(work) * Math.exp(noise * random.nextGaussian());
      boolean outlier = everyOutlier > 0 && i % everyOutlier == 0;
      observations.add(new Observation(work, outlier ? 10 * nanos : nanos));
    }
    return observations;
  }
}
