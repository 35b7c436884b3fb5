package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.fit.LogLinearFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KernelFamilyTest {
  static final DataSheet H100 = DataSheet.named("h100_sxm").orElseThrow();

  @ParameterizedTest
  @EnumSource
  void termsAndFeaturesAreNumbersWithNames(KernelFamily family) {
    for (MeasuredCall measured : SyntheticCalls.of(family, 50)) {
      double[] terms = family.physics().terms(measured.call(), H100);
      double[] features = family.physics().features(measured.call(), H100);

      assertThat(terms).hasSize(family.physics().termNames().size());
      assertThat(terms[0]).isPositive();
      assertThat(Arrays.stream(terms)).allMatch(term -> term >= 0 && Double.isFinite(term));
      assertThat(features).hasSize(family.physics().featureNames().size());
      assertThat(Arrays.stream(features)).allMatch(Double::isFinite);
    }
  }

  @ParameterizedTest
  @EnumSource
  void coefficientsAreFoundAgain(KernelFamily family) {
    SplittableRandom random = new SplittableRandom(1);
    double[] truth =
        family.physics().termNames().stream()
            .mapToDouble(name -> random.nextDouble(0.5, 3))
            .toArray();
    List<MeasuredCall> measured = new ArrayList<>();
    for (MeasuredCall call : SyntheticCalls.of(family, 600)) {
      measured.add(new MeasuredCall(call.call(), weighed(family, truth, call.call())));
    }

    PhysicsFit.variants(family, H100, measured)
        .forEach(
            (variant, found) ->
                measured.stream()
                    .filter(row -> family.physics().variant(row.call()).equals(variant))
                    .forEach(
                        row ->
                            assertThat(
                                    weighed(family, found.coefficients(), row.call())
                                        / row.millis())
                                .as("%s %s", variant, row)
                                .isCloseTo(1, within(0.05))));
  }

  /**
   * By hand: 132 processors, 128 keys a block. One sequence of 8 KV heads and 4,096 keys has 8
   * blocks of 32 key blocks, and 16 slices of 2 fill 128 of the 132 places.
   */
  @ParameterizedTest
  @CsvSource({"1, 8, 4095, 16", "64, 8, 4095, 1", "1, 8, 511, 1"})
  void longKeysAreSplitOverTheProcessors(double batch, double kvHeads, double step, double splits) {
    KernelPhysics physics = KernelFamily.DECODE.physics();
    KernelCall call =
        new KernelCall(
            List.of("vllm_flash_attn_fa3", "bfloat16"), batch, 32, kvHeads, 128, 1, step, 0);

    double[] features = physics.features(call, H100);

    assertThat(features[physics.featureNames().indexOf("splits")]).isEqualTo(splits);
  }

  /**
   * 64 query heads that have their own keys, of one sequence: one block each, whatever the length.
   */
  @ParameterizedTest
  @CsvSource({"64, 1", "8, 9"})
  void flashAttention2SplitsNothingWhereHeadsHaveTheirOwnKeys(double kvHeads, double splits) {
    KernelPhysics physics = KernelFamily.DECODE.physics();
    DataSheet a100 = DataSheet.named("a100_sxm").orElseThrow();
    KernelCall call =
        new KernelCall(List.of("vllm_flash_attn", "bfloat16"), 1, 64, kvHeads, 128, 1, 32767, 0);

    double[] features = physics.features(call, a100);

    assertThat(features[physics.featureNames().indexOf("splits")])
        .matches(found -> splits == 1 ? found == 1 : found >= splits);
  }

  private static double weighed(KernelFamily family, double[] weights, KernelCall call) {
    return LogLinearFit.predicted(
        weights, family.physics().terms(call, H100), family.physics().floorPower());
  }
}
