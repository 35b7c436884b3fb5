package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostTermsTest {
  /** 10 GB/s, 100 GFLOP/s, 32 MB of last-level cache, two threads. */
  private static final DataSheet HOST =
      DataSheet.ofHost("host", 1e10, 1e10, 1e11, 3.2e7, 2, "made up");

  private static final int MULTIPLY_ADDS = 2;

  private static final KernelPhysics DECODE = KernelFamily.DECODE.physics();
  private static final KernelPhysics PREFILL = KernelFamily.PREFILL.physics();
  private static final KernelPhysics GEMM = KernelFamily.GEMM.physics();

  @Test
  void aHostHasATermInEveryPlaceThatAnAcceleratorHas() {
    double[] decode = DECODE.terms(decode(1, 4096), HOST);
    double[] prefill = PREFILL.terms(prefill(1, 512), HOST);

    assertThat(decode).hasSize(DECODE.termNames().size());
    assertThat(Arrays.stream(decode)).allMatch(term -> term >= 0);
    assertThat(prefill).hasSize(PREFILL.termNames().size());
    for (int i = 0; i < prefill.length; i++) {
      boolean isNone = PREFILL.termNames().get(i).equals("waves");
      assertThat(prefill[i] == 0).as(PREFILL.termNames().get(i)).isEqualTo(isNone);
      assertThat(prefill[i]).isNotNegative();
    }
    assertThat(decode[0]).isPositive();
  }

  /** Every byte is read from one of three places: 2 x 8 heads x 128 channels x 2 bytes a token. */
  @Test
  void bytesComeFromMemoryOrACache() {
    for (int tokens : List.of(16, 1000, 10_000, 1_000_000)) {
      double[] terms = DECODE.terms(decode(1, tokens), HOST);

      assertThat(term(terms, "memory") + term(terms, "l2") + term(terms, "merge"))
          .isCloseTo(1e3 * 4096 * tokens / 1e10, within(1e-9 * tokens));
    }
    double[] small = DECODE.terms(decode(1, 100), HOST);
    double[] large = DECODE.terms(decode(1, 1_000_000), HOST);
    assertThat(term(small, "merge")).isGreaterThan(99 * term(small, "l2"));
    assertThat(term(large, "memory")).isGreaterThan(99 * term(large, "l2"));
  }

  /** 4 operations a pair and channel: 32 heads, 128 channels, pairs with those of half a tile. */
  @Test
  void aPromptMultipliesWholeTilesOnItsDiagonal() {
    double[] terms = PREFILL.terms(prefill(1, 512), HOST);

    double pairs = 512 * 513 / 2.0 + 512 * 32;
    assertThat(terms[MULTIPLY_ADDS]).isCloseTo(1e3 * 4 * 32 * 128 * pairs / 1e11, within(1e-9));
  }

  @Test
  void theSequencesOfABatchAreTakenOneAfterAnother() {
    assertThat(DECODE.turns(decode(7, 64), HOST)).isEqualTo(7);
    assertThat(DECODE.turn(decode(7, 64), HOST).numbers()).isEqualTo(decode(1, 64).numbers());
    assertThat(PREFILL.turns(prefill(3, 64), HOST)).isEqualTo(3);
    assertThat(DECODE.turns(decode(7, 64), KernelFamilyTest.H100)).isEqualTo(1);
    assertThat(DECODE.turn(decode(7, 64), KernelFamilyTest.H100).numbers())
        .isEqualTo(decode(7, 64).numbers());
  }

  /** 2,000 x 1,000 weights of two bytes are 0.4 ms of 10 GB/s; 2 operations each, 0.04 ms a row. */
  @Test
  void fewRowsOfAProductTakeTheTimeOfTheWeightsAndManyThatOfTheirOperations() {
    double[] one = GEMM.terms(gemm(1), HOST);
    double[] many = GEMM.terms(gemm(1000), HOST);

    assertThat(one).hasSize(GEMM.termNames().size());
    assertThat(Arrays.stream(one).sum()).isBetween(0.4, 0.41);
    assertThat(Arrays.stream(many).sum()).isBetween(40.0, 42.0);
    assertThat(GEMM.rooflineMillis(gemm(1), HOST)).isCloseTo(0.4, within(1e-3));
  }

  private static KernelCall gemm(int rows) {
    return new KernelCall(List.of("engine", "bfloat16"), rows, 2000, 1000);
  }

  private static double term(double[] terms, String name) {
    return terms[DECODE.termNames().indexOf(name)];
  }

  private static KernelCall decode(int batch, int tokens) {
    return new KernelCall(List.of("engine", "bfloat16"), batch, 32, 8, 128, tokens, 0, 0);
  }

  private static KernelCall prefill(int batch, int tokens) {
    return new KernelCall(List.of("engine", "bfloat16"), batch, tokens, 32, 8, 128, 0);
  }
}
