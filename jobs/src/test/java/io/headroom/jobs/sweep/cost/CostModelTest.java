package io.headroom.jobs.sweep.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CostModelTest {
  private static final ModelSpec LLAMA = Sweeps.catalogue().find("llama-2-7b");
  private static final CostModel COSTS = CostModel.BUILT_IN;
  private static final Cell CELL = Sweeps.cell(LLAMA, KvPrecision.F32);

  @Test
  void longerSequencesTakeLonger() {
    double former = 0;
    for (int tokens : new int[] {1, 64, 1000, 8192, 1 << 20, 1 << 24}) {
      double nanos = COSTS.prefillNanos(CELL, tokens);
      assertThat(nanos).isFinite().isGreaterThan(former);
      assertThat(COSTS.decodeNanos(CELL, tokens)).isPositive().isLessThanOrEqualTo(nanos);
      former = nanos;
    }
  }

  /** Causal prefill grows with the square of the length, decode in step with it. */
  @Test
  void growsAsAttentionDoes() {
    assertThat(COSTS.prefillNanos(CELL, 65_536) / COSTS.prefillNanos(CELL, 32_768))
        .isBetween(3.9, 4.1);
    assertThat(COSTS.decodeNanos(CELL, 65_536) / COSTS.decodeNanos(CELL, 32_768))
        .isBetween(1.9, 2.1);
  }

  @Test
  void fewerBytesDecodeFaster() {
    double mha = COSTS.decodeNanos(CELL, 32_768);
    double mqa = COSTS.decodeNanos(Sweeps.cell(LLAMA.asMqa(), KvPrecision.F32), 32_768);
    double int8 = COSTS.decodeNanos(Sweeps.cell(LLAMA, KvPrecision.INT8), 32_768);
    double windowed =
        COSTS.decodeNanos(Sweeps.cell(LLAMA.withWindow(1024, 4), KvPrecision.F32), 32_768);

    assertThat(mqa).isLessThan(mha / 2);
    assertThat(int8).isLessThan(mha / 2);
    assertThat(windowed).isLessThan(mha / 10);
  }

  @Test
  void withoutACacheATokenCostsAPrefill() {
    Cell off = new Cell(LLAMA, KvPrecision.F32, Window.NONE, false, "vector", 1, 1, 1, 1, 42);

    assertThat(COSTS.decodeNanos(off, 1000)).isEqualTo(COSTS.prefillNanos(CELL, 1000));
  }

  @Test
  void layersThreadsAndEnginesCount() {
    Cell two = new Cell(LLAMA, KvPrecision.F32, Window.NONE, true, "vector", 1, 1, 1, 2, 42);
    Cell threads = new Cell(LLAMA, KvPrecision.F32, Window.NONE, true, "vector", 2, 1, 1, 1, 42);
    Cell reference =
        new Cell(LLAMA, KvPrecision.F32, Window.NONE, true, "reference", 1, 1, 1, 1, 42);
    double one = COSTS.prefillNanos(CELL, 4096);

    assertThat(COSTS.prefillNanos(two, 4096)).isEqualTo(2 * one);
    assertThat(COSTS.prefillNanos(threads, 4096)).isBetween(0.49 * one, 0.55 * one);
    assertThat(COSTS.prefillNanos(reference, 4096)).isGreaterThan(20 * one);
  }

  @Test
  void aPassIsPrefillAndEveryToken() {
    Sequence sequence = new Sequence(0, 1000, 10);

    assertThat(COSTS.passNanos(CELL).applyAsDouble(sequence))
        .isEqualTo(COSTS.prefillNanos(CELL, 1000) + 10 * COSTS.decodeNanos(CELL, 1005));
    assertThat(COSTS.passNanos(CELL).applyAsDouble(new Sequence(0, 1000, 0)))
        .isEqualTo(COSTS.prefillNanos(CELL, 1000));
  }

  @Test
  void measuringIsBoundedByTheBudget() {
    Sequence large = new Sequence(0, 1 << 20, 1000);
    MeasureSettings patient =
        new MeasureSettings("run", 11, 0, Long.MAX_VALUE, 0, 2, Long.MAX_VALUE);
    MeasureSettings hasty = new MeasureSettings("run", 11, 0, 1_000, 0, 2, Long.MAX_VALUE);

    assertThat(COSTS.measuringNanos(CELL, hasty).applyAsDouble(large))
        .isPositive()
        .isLessThan(COSTS.measuringNanos(CELL, patient).applyAsDouble(large) / 5);
  }

  @Test
  void noLongCountsTheOperationsOfTheLargestSequences() {
    Cell deepseek = Sweeps.cell(Sweeps.catalogue().find("deepseek-v3"), KvPrecision.F32);

    assertThat(COSTS.prefillNanos(deepseek, 1 << 25)).isFinite().isGreaterThan(1e17);
  }

  @Test
  void fittedConstantsReplaceTheBuiltInOnesOfTheirKind() {
    CostKey prefill = CostKey.of(CELL, Phase.PREFILL);
    CostModel fitted = new CostModel(Map.of(prefill, new PhaseCost(7, 1e-9, 1e-9)), 1);
    Cell bf16 = Sweeps.cell(LLAMA, KvPrecision.BF16);

    assertThat(fitted.prefillNanos(CELL, 1)).isBetween(7.0, 7.1);
    assertThat(fitted.decodeNanos(CELL, 100)).isEqualTo(COSTS.decodeNanos(CELL, 100));
    assertThat(fitted.prefillNanos(bf16, 100)).isEqualTo(COSTS.prefillNanos(bf16, 100));
  }

  /** Three stretches of time, however short what is repeated. */
  @Test
  void theShortestMeasurementWarmsUpToo() {
    Sequence tiny = new Sequence(0, 1, 0);
    MeasureSettings measure =
        new MeasureSettings("run", 1, 0, 1_000_000_000L, 0, 0, Long.MAX_VALUE);

    assertThat(COSTS.measuringNanos(CELL, measure).applyAsDouble(tiny)).isBetween(4e7, 6e7);
  }

  /** What was predicted when the rules of sampling were first written down. */
  @ParameterizedTest
  @CsvSource({
    "vector, true, 1, 1, 0, 1, 1000000000, 0, 5.99486184E7",
    "vector, true, 1, 1, 1, 11, 1000, 0, 1510881.6",
    "vector, true, 1, 512, 16, 11, 20000000000, 0.05, 1.8787082988600001E9",
    "vector, true, 2, 4096, 200, 11, 1000000000, 1, 1.1298939075599998E10",
    "vector, true, 1, 32768, 5, 1000, 20000000000, 0.05, 6.8292436286652E11",
    "vector, true, 1, 1048576, 1000, 11, 5000000000, 0, 6.756972612098596E14",
    "vector, false, 1, 2048, 16, 11, 20000000000, 0.05, 2.617714209494E10",
    "vector, false, 1, 32768, 3, 11, 1000000000, 0, 1.3239084581328E12",
    "nd4j, true, 1, 2048, 64, 11, 20000000000, 0.05, 1.3528097622939999E10",
    "nd4j, false, 2, 100, 4, 30, 100000000, 0.5, 1.579390894E8",
    "reference, true, 1, 1024, 16, 11, 20000000000, 0.05, 8.719409994309999E10",
    "reference, true, 1, 8192, 1, 2, 60000000000, 1, 7.742653384962E12"
  })
  void measuringTakesWhatItDid(
      String engine,
      boolean kvCache,
      int threads,
      int promptTokens,
      int outputTokens,
      int minSamples,
      long budgetNanos,
      double verifySample,
      double nanos) {
    Cell cell =
        new Cell(LLAMA, KvPrecision.INT8, Window.NONE, kvCache, engine, threads, 1, 1, 3, 42);
    MeasureSettings measure =
        new MeasureSettings("run", minSamples, 0, budgetNanos, verifySample, 2, Long.MAX_VALUE);

    assertThat(
            new CostModel(Map.of(), 1.25)
                .measuringNanos(cell, measure)
                .applyAsDouble(new Sequence(0, promptTokens, outputTokens)))
        .isEqualTo(nanos);
  }
}
