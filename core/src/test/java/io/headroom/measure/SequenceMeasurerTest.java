package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.OutputError;
import io.headroom.engines.AttentionEngines;
import io.headroom.host.ResourceUsage;
import io.headroom.host.Ticker;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvPrecision;
import io.headroom.measure.RecordingEngine.Call;
import io.headroom.testkit.ForwardingEngine;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceMeasurerTest {
  private static final long SEED = 42;

  /**
   * Time between two readings of the clock: what every prefill and every step takes. Three are
   * enough to be warm.
   */
  private static final long TICK_NANOS = SamplingPolicy.STANDARD.settling().longestStretchNanos();

  private static final long AMPLE_NANOS = 1_000_000 * TICK_NANOS;
  private static final Attention GROUPED =
      new Attention(new AttentionShape(4, 2, 16), AttentionMask.CAUSAL);

  private static final int WARM_UP_PREFILLS = SamplingPolicy.STANDARD.settling().stretches();

  @Test
  void takesAsManySamplesAsAreWanted() {
    SequenceMeasurement measured = measure(request(GROUPED).samples(11, 400 * TICK_NANOS).build());

    assertThat(measured.prefill().samples()).isEqualTo(11);
    // Three whole passes over 5 positions, since two are too few.
    assertThat(measured.decode().samples()).isEqualTo(15);
    assertThat(measured.warmUpIterations()).isEqualTo(3 + 3);
    assertThat(measured.steady().both()).isTrue();
    assertThat(measured.prefill().meanNanos()).isCloseTo(TICK_NANOS, withinPercentage(0.1));
    assertThat(measured.decode().meanNanos()).isCloseTo(TICK_NANOS, withinPercentage(0.1));
    assertThat(measured.outputError()).isEmpty();
  }

  @Test
  void decodesOnToA90thPercentileWhereThatIsCheap() {
    SequenceMeasurement measured = measure(request(GROUPED).samples(11, AMPLE_NANOS).build());

    assertThat(measured.prefill().samples()).isEqualTo(11);
    assertThat(measured.decode().samples()).isEqualTo(65);
    assertThat(measured.decode().p90Nanos()).isPresent();
  }

  @Test
  void decodesCheaplyEvenWhereThePrefillTakesAllTime() {
    long budgetNanos = 10_000 * TICK_NANOS;
    StepTicker ticker = new StepTicker();
    ForwardingEngine slowToPrefill =
        new ForwardingEngine(AttentionEngines.create("vector", 1)) {
          @Override
          public void attend(
              Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
            super.attend(attention, queries, cache, output);
            ticker.nanos += queries.tokens() > 1 ? budgetNanos : 0;
          }
        };

    SequenceMeasurement measured;
    try (slowToPrefill) {
      measured =
          new SequenceMeasurer(slowToPrefill, ticker)
              .measure(request(GROUPED).samples(11, budgetNanos).build());
    }

    assertThat(measured.prefill().samples()).isEqualTo(1);
    assertThat(measured.decode().samples()).isEqualTo(65);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 6, 64, 100, 663})
  void decodesWholePasses(int minSamples) {
    SequenceMeasurement measured =
        measure(request(GROUPED).samples(minSamples, AMPLE_NANOS).build());

    int wanted = Math.max(64, minSamples);
    assertThat(measured.prefill().samples()).isEqualTo(minSamples);
    assertThat(measured.decode().samples()).isEqualTo((wanted + 4) / 5 * 5L);
  }

  @Test
  void everyPhaseHasOneSampleEvenWithoutTime() {
    SequenceMeasurement measured = measure(request(GROUPED).samples(11, 0).build());

    assertThat(measured.prefill().samples()).isEqualTo(1);
    assertThat(measured.decode().samples()).isEqualTo(1);
    assertThat(measured.warmUpIterations()).isEqualTo(1 + 1);
    assertThat(measured.steady()).isEqualTo(SteadyPhases.NONE);
  }

  /** One warm-up and one sample, which agree. */
  @Test
  void withoutTimeAPhaseIsSteadyIfItsKernelsSettledBefore() {
    SequenceRequest request = request(GROUPED).samples(11, 0).build();
    for (SteadyPhases settled :
        List.of(
            new SteadyPhases(true, true),
            new SteadyPhases(true, false),
            new SteadyPhases(false, true))) {
      try (AttentionEngine engine = AttentionEngines.create("vector", 1)) {
        assertThat(
                new SequenceMeasurer(engine, new StepTicker()).measure(request, settled).steady())
            .isEqualTo(settled);
      }
    }
  }

  /** The warm-up has time for two prefills and the sampling for two; each is a whole stretch. */
  @Test
  void longSamplesThatAgreeAreSteady() {
    SequenceMeasurement measured =
        measure(request(GROUPED).tokens(20, 0).samples(3, 16 * TICK_NANOS).build());

    assertThat(measured.warmUpIterations()).isEqualTo(2);
    assertThat(measured.prefill().samples()).isEqualTo(2);
    assertThat(measured.steady().prefill()).isTrue();
  }

  @Test
  void aWarmUpTellsWhatSettled() {
    try (AttentionEngine engine = AttentionEngines.create("vector", 1)) {
      SequenceMeasurer measurer = new SequenceMeasurer(engine, new StepTicker());

      assertThat(measurer.warmUp(request(GROUPED).build(), AMPLE_NANOS).both()).isTrue();
      assertThat(measurer.warmUp(request(GROUPED).tokens(20, 0).build(), AMPLE_NANOS))
          .isEqualTo(new SteadyPhases(true, false));
      assertThat(measurer.warmUp(request(GROUPED).build(), 2 * TICK_NANOS))
          .isEqualTo(SteadyPhases.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 40, 100, 200})
  void theBudgetCutsSampling(int budgetTicks) {
    StepTicker ticker = new StepTicker();
    SequenceRequest request = request(GROUPED).samples(1000, budgetTicks * TICK_NANOS).build();

    SequenceMeasurement measured = measure("vector", ticker, request);

    assertThat(measured.prefill().samples()).isBetween(1L, 1L + budgetTicks / 2);
    assertThat(measured.decode().samples()).isBetween(1L, 1L + budgetTicks / 2);
    // At most one more warm-up and one more sample of each phase are begun in time.
    assertThat(ticker.nanos()).isLessThanOrEqualTo((budgetTicks + 30) * TICK_NANOS);
  }

  @Test
  void withoutOutputThereIsNothingToDecode() {
    SequenceMeasurement measured =
        measure(request(GROUPED).tokens(20, 0).samples(11, AMPLE_NANOS).verified().build());

    assertThat(measured.prefill().samples()).isEqualTo(11);
    assertThat(measured.decode().samples()).isZero();
    assertThat(measured.warmUpIterations()).isEqualTo(3);
    assertThat(measured.steady().both()).isTrue();
    assertVerified(measured, KvPrecision.F32);
  }

  @Test
  void decodeAppendsOnePositionAtATime() {
    List<Call> calls = calls(request(GROUPED).tokens(20, 3).samples(1, AMPLE_NANOS).build());

    List<Call> prefills = Collections.nCopies(WARM_UP_PREFILLS + 1, new Call(20, 20));
    assertThat(calls).startsWith(prefills.toArray(Call[]::new));
    List<Call> steps = calls.subList(prefills.size(), calls.size());
    // Warm-up, and 22 passes for 64 samples.
    assertThat(steps).hasSize(3 * 3 + 3 * 22);
    for (int i = 0; i < steps.size(); i++) {
      assertThat(steps.get(i)).isEqualTo(new Call(1, 21 + i % 3));
    }
  }

  @Test
  void withoutCacheEveryTokenRecomputesItsPrefix() {
    List<Call> calls =
        calls(request(GROUPED).tokens(20, 3).samples(1, AMPLE_NANOS).withoutCache().build());

    List<Call> steps = calls.subList(WARM_UP_PREFILLS + 1, calls.size());
    // The first token only, while it warms up.
    assertThat(steps.subList(0, 3)).containsOnly(new Call(21, 21));
    List<Call> sampled = steps.subList(3, steps.size());
    assertThat(sampled).hasSize(3 * 22);
    for (int i = 0; i < sampled.size(); i++) {
      assertThat(sampled.get(i)).isEqualTo(new Call(21 + i % 3, 21 + i % 3));
    }
  }

  @Test
  void aRingIsPrefilledInPieces() {
    Attention windowed = new Attention(GROUPED.shape(), AttentionMask.causalWindow(100, 2));

    List<Call> calls = calls(request(windowed).tokens(600, 3).samples(1, 0).build());

    assertThat(calls)
        .startsWith(new Call(256, 256), new Call(256, 512), new Call(88, 600))
        .endsWith(new Call(1, 601));
  }

  @Test
  void aWindowThatHidesNothingIsNone() {
    for (int window : new int[] {603, 604, 100_000}) {
      Attention windowed = new Attention(GROUPED.shape(), AttentionMask.causalWindow(window, 2));
      SequenceRequest request = request(windowed).tokens(600, 3).samples(1, 0).build();

      assertThat(calls(request)).startsWith(new Call(600, 600));
      assertThat(measure(request).kvBytesAllocated())
          .isEqualTo(
              measure(request(GROUPED).tokens(600, 3).samples(1, 0).build()).kvBytesAllocated());
    }
  }

  @ParameterizedTest
  @EnumSource(KvPrecision.class)
  void outputsAreThoseOfTheReference(KvPrecision precision) {
    for (AttentionMask mask :
        List.of(
            AttentionMask.CAUSAL,
            AttentionMask.causalWindow(33, 0),
            AttentionMask.causalWindow(1, 1),
            AttentionMask.causalWindow(100, 70),
            AttentionMask.causalWindow(1000, 4))) {
      Attention attention = new Attention(new AttentionShape(6, 2, 64), mask);
      for (int output : new int[] {0, 1, 70, 300}) {
        assertVerified(
            measure(
                request(attention)
                    .in(precision)
                    .tokens(523, output)
                    .samples(1, 0)
                    .verified()
                    .build()),
            precision);
      }
      assertVerified(
          measure(
              request(attention)
                  .in(precision)
                  .tokens(131, 3)
                  .samples(1, 0)
                  .withoutCache()
                  .verified()
                  .build()),
          precision);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "nd4j", "reference"})
  void everyEngineIsMeasured(String engine) {
    for (AttentionMask mask : List.of(AttentionMask.CAUSAL, AttentionMask.causalWindow(33, 2))) {
      Attention attention = new Attention(new AttentionShape(6, 2, 24, 40), mask);
      SequenceRequest request =
          request(attention).tokens(300, 7).samples(3, AMPLE_NANOS).verified().build();

      SequenceMeasurement measured = measure(engine, new StepTicker(), request);

      assertThat(measured.prefill().samples()).isEqualTo(3);
      assertThat(measured.decode().samples()).isEqualTo(70);
      assertThat(measured.kvBytesAllocated()).isPositive();
      assertVerified(measured, KvPrecision.F32);
    }
  }

  @Test
  void theReferenceDiffersFromItselfByNothing() {
    SequenceMeasurement measured =
        measure("reference", new StepTicker(), request(GROUPED).samples(1, 0).verified().build());

    assertThat(measured.outputError()).contains(new OutputError(0, 0));
  }

  @ParameterizedTest
  @EnumSource(KvPrecision.class)
  void layersOfDifferentShapesGoTogether(KvPrecision precision) {
    List<Attention> layers =
        List.of(
            new Attention(new AttentionShape(8, 2, 64), AttentionMask.causalWindow(40, 4)),
            GROUPED,
            new Attention(new AttentionShape(8, 8, 64), AttentionMask.CAUSAL),
            GROUPED,
            new Attention(new AttentionShape(3, 1, 40, 24), AttentionMask.causalWindow(7, 0)));
    long allocated = 0;
    for (Attention layer : layers) {
      allocated +=
          measure(request(layer).in(precision).tokens(301, 5).samples(1, 0).build())
              .kvBytesAllocated();
    }

    SequenceMeasurement together =
        measure(
            request(layers.toArray(Attention[]::new))
                .in(precision)
                .tokens(301, 5)
                .samples(2, AMPLE_NANOS)
                .verified()
                .build());

    assertThat(together.prefill().samples()).isEqualTo(2);
    assertThat(together.decode().samples()).isEqualTo(65);
    assertThat(together.kvBytesAllocated()).isEqualTo(allocated);
    assertVerified(together, precision);
  }

  @Test
  void equalSeedsGiveEqualResults() {
    SequenceRequest request =
        request(GROUPED).in(KvPrecision.INT8).tokens(200, 5).samples(1, 0).verified().build();
    SequenceRequest other =
        request(GROUPED)
            .in(KvPrecision.INT8)
            .tokens(200, 5)
            .samples(1, 0)
            .seed(SEED + 1)
            .verified()
            .build();

    assertThat(measure(request).outputError()).isEqualTo(measure(request).outputError());
    assertThat(measure(other).outputError()).isNotEqualTo(measure(request).outputError());
  }

  /**
   * Errors of normal data are largest where few keys are averaged; measured were 1.9e-7, 2.6e-4,
   * 1.9e-3, 6.5e-3 and 0.107. The tolerances of a sweep are 2.8 times these or more.
   */
  @ParameterizedTest
  @CsvSource({"F32, 4e-7", "F16, 4e-4", "BF16, 3e-3", "INT8, 8e-3", "INT4, 0.13"})
  void precisionCostsWhatItDid(KvPrecision precision, double most) {
    for (int headDim : new int[] {64, 128}) {
      for (int tokens : new int[] {64, 256, 1024, 2048}) {
        Attention attention =
            new Attention(new AttentionShape(4, 2, headDim), AttentionMask.CAUSAL);
        OutputError error =
            measure(
                    request(attention)
                        .in(precision)
                        .tokens(tokens, 16)
                        .samples(1, 0)
                        .verified()
                        .build())
                .outputError()
                .orElseThrow();
        assertThat(error.relativeL2())
            .as("%s, head dim %d, %d tokens", precision, headDim, tokens)
            .isLessThan(most);
      }
    }
  }

  @Test
  void realTimeIsMeasured() {
    SequenceRequest request = request(GROUPED).tokens(50, 4).samples(5, 200_000_000).build();

    SequenceMeasurement measured = measure("vector", Ticker.system(), request);

    assertThat(measured.prefill().samples()).isEqualTo(5);
    assertThat(measured.prefill().p50Nanos().orElseThrow()).isPositive();
    assertThat(measured.decode().samples() % 4).isZero();
    ResourceUsage usage = measured.usage();
    double sampledNanos =
        measured.prefill().meanNanos() * measured.prefill().samples()
            + measured.decode().meanNanos() * measured.decode().samples();
    assertThat((double) usage.wallNanos()).isGreaterThan(0.99 * sampledNanos);
    assertThat(usage.cpuNanos()).isPositive();
  }

  private static void assertVerified(SequenceMeasurement measured, KvPrecision precision) {
    OutputError error = measured.outputError().orElseThrow();
    assertThat(error.isWithin(tolerance(precision)))
        .as("%s: relative L2 error %s", precision, error.relativeL2())
        .isTrue();
  }

  /** Those of a sweep's rows. */
  private static double tolerance(KvPrecision precision) {
    return switch (precision) {
      case F32 -> 2e-5;
      case F16 -> 2e-3;
      case BF16 -> 1e-2;
      case FP8 -> 0.1;
      case INT8 -> 2e-2;
      case INT4 -> 0.3;
    };
  }

  private static List<Call> calls(SequenceRequest request) {
    try (RecordingEngine engine = new RecordingEngine(AttentionEngines.create("vector", 1))) {
      new SequenceMeasurer(engine, new StepTicker()).measure(request);
      return engine.calls();
    }
  }

  private static SequenceMeasurement measure(SequenceRequest request) {
    return measure("vector", new StepTicker(), request);
  }

  private static SequenceMeasurement measure(String name, Ticker ticker, SequenceRequest request) {
    try (AttentionEngine engine = AttentionEngines.create(name, 1)) {
      return new SequenceMeasurer(engine, ticker).measure(request);
    }
  }

  private static RequestBuilder request(Attention... layers) {
    return new RequestBuilder(layers);
  }

  /** Every reading is one tick later than the one before. */
  private static final class StepTicker implements Ticker {
    private long nanos;

    @Override
    public long nanos() {
      nanos += TICK_NANOS;
      return nanos;
    }
  }
}
