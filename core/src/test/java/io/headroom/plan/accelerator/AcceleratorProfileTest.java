package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AcceleratorProfileTest {
  private static final String FLASH_3 = "vllm_flash_attn_fa3";
  private static final AcceleratorProfile PROFILE = profile(KernelFamily.DECODE, KernelFamily.GEMM);

  @Test
  void aMeasuredShapeRestsOnItsMeasurements() {
    KernelTime time = PROFILE.time(KernelFamily.DECODE, decode(FLASH_3, "bfloat16", 64, 1000, 0));

    assertThat(time.basis()).isEqualTo(TimeBasis.MEASURED);
    assertThat(time.relativeError()).isEqualTo(0.08);
    assertThat(time.millis())
        .isCloseTo(ideal(decode(FLASH_3, "bfloat16", 64, 1000, 0)) * 2, within(0.01));
  }

  @Test
  void theBandWidensWithTheDistanceFromMeasuredShapes() {
    double measured = 0;
    for (double batch : new double[] {1024, 4096, 65536}) {
      KernelTime time =
          PROFILE.time(KernelFamily.DECODE, decode(FLASH_3, "bfloat16", batch, 1000, 0));
      assertThat(time.relativeError()).isGreaterThan(measured);
      assertThat(time.basis() == TimeBasis.MEASURED).isEqualTo(batch == 1024);
      measured = time.relativeError();
    }
  }

  /** What matters is how many keys there are, not which of them came with the prompt. */
  @Test
  void keysMayHaveBegunAnywhere() {
    KernelCall call = new KernelCall(List.of(FLASH_3, "fp8"), 8, 64, 8, 128, 4000, 0, 0);

    assertThat(PROFILE.time(KernelFamily.DECODE, call).basis()).isEqualTo(TimeBasis.MEASURED);
  }

  @ParameterizedTest
  @CsvSource({
    "vllm_flash_attn_fa4, bfloat16, 0",
    "flashinfer, fp8, 128",
    "flashinfer, nvfp4, 0",
    "vllm_flash_attn_fa3, int8, 128"
  })
  void aKernelThatWasNotMeasuredIsThatOfTheOneMostLikeIt(
      String source, String type, double window) {
    KernelCall call = decode(source, type, 64, 1000, window);

    KernelTime time = PROFILE.time(KernelFamily.DECODE, call);

    assertThat(time.basis()).isEqualTo(TimeBasis.EXTRAPOLATED);
    assertThat(time.relativeError()).isGreaterThan(0.08);
    assertThat(time.millis()).isCloseTo(2 * ideal(call), within(0.2 * ideal(call)));
  }

  @ParameterizedTest
  @EnumSource
  void everyCallHasATimeAndAnError(KernelFamily family) {
    for (AcceleratorProfile profile : List.of(PROFILE, profile())) {
      for (MeasuredCall row : SyntheticCalls.of(family, 50)) {
        KernelTime time = profile.time(family, row.call());

        assertThat(time.millis()).isPositive().isFinite();
        assertThat(time.relativeError()).isPositive().isFinite();
        assertThat(time.basis() == TimeBasis.DATA_SHEET).isEqualTo(profile.model(family).isEmpty());
      }
    }
  }

  @Test
  void aTypeThatIsNotKnownIsTold() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> PROFILE.time(KernelFamily.DECODE, decode(FLASH_3, "ternary", 64, 1000, 0)))
        .withMessageStartingWith("column kv_cache_dtype must be one of")
        .withMessageEndingWith("ternary");
  }

  @Test
  void kernelsThatWereMeasuredAreListed() {
    List<KernelSource> sources = PROFILE.sources(KernelFamily.DECODE);

    assertThat(sources).hasSize(8);
    assertThat(sources.stream().mapToInt(KernelSource::rows).sum()).isEqualTo(400);
    assertThat(sources).filteredOn(KernelSource::window).hasSize(4);
    KernelSource first = sources.get(0);
    assertThat(first.texts()).containsExactly("vllm_flash_attn", "bfloat16");
    assertThat(first.ranges().get("head_dim")).containsExactly(64, 128);
    assertThat(PROFILE.sources(KernelFamily.MOE)).isEmpty();
  }

  private static double ideal(KernelCall call) {
    return SyntheticCalls.ideal(KernelFamily.DECODE, call, KernelFamilyTest.H100);
  }

  private static KernelCall decode(
      String source, String type, double batch, double length, double window) {
    return new KernelCall(List.of(source, type), batch, 64, 8, 128, length - 1, 1, window);
  }

  private static AcceleratorProfile profile(KernelFamily... families) {
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    for (KernelFamily family : families) {
      KernelModel physics =
          KernelModel.ofPhysics(
              family,
              PhysicsFit.variants(family, KernelFamilyTest.H100, SyntheticCalls.of(family, 400)));
      models.put(
          family,
          new KernelModel(
              family, physics.variants(), physics.residual(), new KernelError(80, 0.03, 0.08)));
    }
    return new AcceleratorProfile(KernelFamilyTest.H100, new TreeMap<>(), models);
  }
}
