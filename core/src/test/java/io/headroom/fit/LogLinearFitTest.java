package io.headroom.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.fit.LogLinearFit.Fitted;
import io.headroom.fit.LogLinearFit.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The coefficients are, as in a sweep, nanoseconds a call, an operation and a byte. */
class LogLinearFitTest {
  private static final List<Double> KNOWN = List.of(5_000.0, 0.01, 0.07);
  private static final List<Double> TRUE = List.of(20_000.0, 0.004, 0.2);

  @Test
  void findsTheCoefficientsBehindExactValues() {
    Fitted found = LogLinearFit.fit(KNOWN, observations(60, 0, 0));

    assertClose(found, 1);
    assertThat(found.settled()).isTrue();
  }

  @Test
  void asManyCoefficientsAsThereAreFeatures() {
    List<Observation> observations = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      observations.add(new Observation(List.of((double) i), 3.0 * i));
    }

    List<Double> found = LogLinearFit.fit(List.of(1.0), observations).coefficients();

    assertThat(found).hasSize(1);
    assertThat(found.get(0)).isCloseTo(3, Percentage.withPercentage(0.1));
  }

  /** One in five ten times too large, as on a host with a noisy neighbour. */
  @Test
  void outliersDoNotCount() {
    assertClose(LogLinearFit.fit(KNOWN, observations(200, 0.02, 5)), 10);
  }

  @Test
  void noiseDoesNotSpoilTheFit() {
    Fitted found = LogLinearFit.fit(KNOWN, observations(200, 0.1, 0));

    for (Observation seen : observations(50, 0, 0)) {
      assertThat(sum(found.coefficients(), seen.features()))
          .isCloseTo(seen.measured(), Percentage.withPercentage(10));
    }
  }

  /** One value cannot tell three coefficients: the nearest to what was known that fit are taken. */
  @Test
  void aSingleValueIsMetWithCoefficientsNearTheKnownOnes() {
    List<Double> features = List.of(1.0, 1e6, 1e5);
    double measured = 2 * sum(KNOWN, features);

    List<Double> found =
        LogLinearFit.fit(KNOWN, List.of(new Observation(features, measured))).coefficients();

    assertThat(sum(found, features)).isCloseTo(measured, Percentage.withPercentage(1));
    for (int i = 0; i < KNOWN.size(); i++) {
      assertThat(found.get(i) / KNOWN.get(i)).isBetween(1.0, 3.0);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1e3})
  void coefficientsFarOffAreFoundToo(double factor) {
    List<Double> far = TRUE.stream().map(coefficient -> coefficient * factor).toList();

    assertClose(LogLinearFit.fit(far, observations(60, 0, 0)), 1);
  }

  /**
   * Each round goes on from the last point of the one before, so that it comes close all the same.
   */
  @Test
  void anOptimiserThatRunsOutLeavesItsLastPoint() {
    List<Observation> observations = observations(60, 0, 0);

    Fitted never = LogLinearFit.fit(KNOWN, observations, 1);
    Fitted early = LogLinearFit.fit(KNOWN, observations, 2);

    assertThat(never.settled()).isFalse();
    assertThat(never.coefficients().get(0)).isCloseTo(KNOWN.get(0), Percentage.withPercentage(1));
    assertThat(early.settled()).isFalse();
    assertClose(early, 1);
  }

  /** Whatever was measured, a fit ends, with coefficients that predict a value. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void degenerateObservationsEndTheFitAndNothingElse(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      List<Observation> observations = degenerate(random);
      Fitted found = LogLinearFit.fit(KNOWN, observations);

      assertThat(found.coefficients()).allSatisfy(it -> assertThat(it).isPositive().isFinite());
      for (Observation seen : observations) {
        assertThat(sum(found.coefficients(), seen.features())).isPositive().isFinite();
      }
    }
  }

  /** As small and as large as doubles are; nothing fits them, and still there is a result. */
  @Test
  void valuesAtTheEndsOfDoublesEndTheFitToo() {
    for (double measured : new double[] {Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE}) {
      List<Observation> observations =
          List.of(
              new Observation(List.of(1.0, 0.0, 0.0), measured),
              new Observation(List.of(1.0, 1e18, 1e12), measured));

      assertThat(LogLinearFit.fit(KNOWN, observations).coefficients())
          .allSatisfy(it -> assertThat(it).isPositive().isFinite());
    }
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    assertThatThrownBy(() -> LogLinearFit.fit(KNOWN, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a fit needs at least one observation");
    assertThatThrownBy(
            () -> LogLinearFit.fit(KNOWN, List.of(new Observation(List.of(1.0, 2.0), 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 coefficients need as many features: [1.0, 2.0]");
  }

  /** One length, equal works, times of a nanosecond and of centuries, outliers. */
  private static List<Observation> degenerate(Random random) {
    int count = 1 + random.nextInt(64);
    int kinds = 1 + random.nextInt(3);
    double spread = random.nextInt(4) * 10.0;
    double middle = 40 * random.nextDouble();
    boolean oneWork = random.nextBoolean();
    List<Double> features = features(random, kinds);
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double nanos = Math.exp(middle + spread * (random.nextDouble() - 0.5));
      boolean outlier = random.nextInt(8) == 0;
      observations.add(
          new Observation(
              oneWork ? features : features(random, kinds),
              Math.max(1, outlier ? nanos * 1e6 : nanos)));
    }
    return observations;
  }

  private static List<Double> features(Random random, int kinds) {
    double flops = kinds > 1 ? Math.pow(10, 20 * random.nextDouble()) : 0;
    double bytes = kinds > 2 ? Math.pow(10, 14 * random.nextDouble()) : 0;
    return List.of(1.0, flops, bytes);
  }

  private static void assertClose(Fitted found, double percent) {
    for (int i = 0; i < TRUE.size(); i++) {
      assertThat(found.coefficients().get(i))
          .isCloseTo(TRUE.get(i), Percentage.withPercentage(percent));
    }
  }

  /**
   * Values of features of which each is the one that counts most now and then.
   *
   * @param noise relative standard deviation
   * @param everyOutlier one in so many is ten times too large; 0: none
   */
  private static List<Observation> observations(int count, double noise, int everyOutlier) {
    Random random = new Random(count);
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Double> features =
          List.of(
              1.0,
              Math.pow(10, 4 + 5 * random.nextDouble()),
              Math.pow(10, 3 + 4 * random.nextDouble()));
      double measured = sum(TRUE, features) * Math.exp(noise * random.nextGaussian());
      boolean outlier = everyOutlier > 0 && i % everyOutlier == 0;
      observations.add(new Observation(features, outlier ? 10 * measured : measured));
    }
    return observations;
  }

  private static double sum(List<Double> coefficients, List<Double> features) {
    double sum = 0;
    for (int i = 0; i < features.size(); i++) {
      sum += coefficients.get(i) * features.get(i);
    }
    return sum;
  }
}
