package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LentKernelsTest {
  private static final DataSheet A100 = DataSheet.named("a100_sxm").orElseThrow();
  private static final DataSheet L40S = DataSheet.named("l40s").orElseThrow();
  private static final DataSheet H200 = DataSheet.named("h200_sxm").orElseThrow();

  /** The synthetic times are twice the ideal ones of the H100, and so are those that it lends. */
  @ParameterizedTest
  @EnumSource
  void theDataSheetScalesWhatIsLent(KernelFamily family) {
    LentKernels lent = lent(family, H200, lender(KernelFamilyTest.H100, family, 1));

    for (MeasuredCall row : SyntheticCalls.of(family, 50)) {
      double ideal = 2 * SyntheticCalls.ideal(family, row.call(), H200);
      assertThat(lent.millis(row.call()) / ideal).as("%s", row).isBetween(0.7, 1.1);
    }
  }

  @Test
  void theAcceleratorMostLikeItLends() {
    KernelFamily family = KernelFamily.GEMM;
    MeasuredCall row = SyntheticCalls.of(family, 1).get(0);
    Lender fast = lender(KernelFamilyTest.H100, family, 1);
    Lender slow = lender(L40S, family, 10);

    assertThat(lent(family, H200, fast, slow).millis(row.call()))
        .isEqualTo(lent(family, H200, fast).millis(row.call()));
    DataSheet l4 = DataSheet.named("l4").orElseThrow();
    assertThat(lent(family, l4, fast, slow).millis(row.call()))
        .isEqualTo(lent(family, l4, slow).millis(row.call()));
  }

  /** Of decode what counts is how a kernel splits long keys, not who is most alike. */
  @Test
  void aKernelThatLaysItsWorkAlikeLends() {
    KernelFamily family = KernelFamily.DECODE;
    Lender a100 = lender(A100, family, 10, "vllm_flash_attn");
    Lender l40s = lender(L40S, family, 1, "vllm_flashinfer_fidecode");
    KernelCall call =
        new KernelCall(List.of("vllm_flash_attn_fa3", "bfloat16"), 8, 32, 8, 128, 1000, 1, 0);

    assertThat(lent(family, KernelFamilyTest.H100, a100, l40s).millis(call))
        .isEqualTo(lent(family, KernelFamilyTest.H100, l40s).millis(call));
  }

  /** Everything takes a third longer than it would: forty rows tell. */
  @ParameterizedTest
  @EnumSource
  void aFewMeasuredCallsAdaptIt(KernelFamily family) {
    List<Lender> lenders = List.of(lender(A100, family, 1));
    LentKernels lent = LentKernels.of(family, H200, lenders).orElseThrow();
    List<MeasuredCall> measured = new ArrayList<>();
    for (MeasuredCall row : SyntheticCalls.of(family, 120)) {
      measured.add(new MeasuredCall(row.call(), 1.33 * lent.millis(row.call())));
    }

    Adaptation adaptation = AdaptationFit.fit(family, H200, lenders, measured.subList(0, 40));

    LentKernels adapted = LentKernels.of(family, H200, lenders, adaptation).orElseThrow();
    assertThat(adaptation.error().rows()).isEqualTo(40);
    assertThat(adaptation.error().mean()).isLessThan(0.1);
    for (MeasuredCall row : measured.subList(40, 120)) {
      assertThat(adapted.millis(row.call()) / row.millis()).isCloseTo(1, within(0.15));
    }
  }

  /** Times that a coin halves or doubles: adapting to some is further from the others. */
  @ParameterizedTest
  @EnumSource
  void callsWithNothingInCommonChangeNothing(KernelFamily family) {
    SplittableRandom coin = new SplittableRandom(5);
    List<Lender> lenders = List.of(lender(A100, family, 1));
    LentKernels lent = LentKernels.of(family, H200, lenders).orElseThrow();
    List<MeasuredCall> measured = new ArrayList<>();
    for (MeasuredCall row : SyntheticCalls.of(family, 40)) {
      double times = coin.nextBoolean() ? 1.5 : 0.75;
      measured.add(new MeasuredCall(row.call(), times * lent.millis(row.call())));
    }

    Adaptation adaptation = AdaptationFit.fit(family, H200, lenders, measured);

    LentKernels adapted = LentKernels.of(family, H200, lenders, adaptation).orElseThrow();
    assertThat(adaptation.error().mean()).isBetween(0.25, 0.34);
    for (MeasuredCall row : measured) {
      assertThat(adapted.millis(row.call())).isEqualTo(lent.millis(row.call()));
    }
  }

  private static LentKernels lent(KernelFamily family, DataSheet sheet, Lender... lenders) {
    return LentKernels.of(family, sheet, List.of(lenders)).orElseThrow();
  }

  private static Lender lender(DataSheet sheet, KernelFamily family, double times) {
    return lender(sheet, family, times, null);
  }

  /**
   * @param source of all kernels; null leaves them as they are
   */
  private static Lender lender(DataSheet sheet, KernelFamily family, double times, String source) {
    List<MeasuredCall> measured = new ArrayList<>();
    for (MeasuredCall row : SyntheticCalls.of(family, 300)) {
      List<String> texts = new ArrayList<>(row.call().texts());
      if (source != null) {
        texts.set(0, source);
      }
      measured.add(
          new MeasuredCall(new KernelCall(texts, row.call().numbers()), times * row.millis()));
    }
    SortedMap<KernelFamily, KernelModel> models = new TreeMap<>();
    models.put(family, KernelModel.ofPhysics(family, PhysicsFit.variants(family, sheet, measured)));
    return new Lender(sheet, models);
  }
}
