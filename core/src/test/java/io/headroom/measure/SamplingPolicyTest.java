package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.host.Ticker;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.measure.SamplingPolicy.ExpectedNanos;
import io.headroom.testkit.ForwardingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is predicted is what measuring takes by a clock on which every phase has its time. */
class SamplingPolicyTest {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int PROMPT_TOKENS = 20;
  private static final Attention ATTENTION =
      new Attention(new AttentionShape(2, 1, 4), AttentionMask.CAUSAL);

  @ParameterizedTest
  @CsvSource({
    "true, 200, 100, 5, 11, 400000", "true, 200, 100, 0, 11, 400000",
    "true, 1000, 100, 40, 3, 400000", "true, 200, 100, 1, 100, 400000",
    "false, 200, 300, 5, 11, 400000", "true, 50, 7000, 1, 1, 400000"
  })
  void withTimeForAllSamplesItIsExact(
      boolean kvCache,
      long prefillMillis,
      long decodeMillis,
      int outputTokens,
      int minSamples,
      long budgetMillis) {
    Timed timed = new Timed(kvCache, prefillMillis, decodeMillis, outputTokens, minSamples);

    assertThat(timed.predictedMillis(budgetMillis)).isEqualTo(timed.measuredMillis(budgetMillis));
  }

  /** No sample is cut short: each phase, and its warm-up, may end by one action later. */
  @ParameterizedTest
  @CsvSource({
    "true, 1000, 500, 5, 100, 20000", "true, 9000, 10, 5, 11, 20000",
    "true, 30000, 10, 5, 11, 20000", "false, 300, 330, 7, 50, 8000",
    "true, 2, 1, 16, 11, 20000", "true, 40, 3, 64, 1000, 2000",
    "true, 7, 60, 200, 11, 1000", "true, 1, 1, 5, 11, 0"
  })
  void withoutItIsByNoMoreThanAnActionOff(
      boolean kvCache,
      long prefillMillis,
      long decodeMillis,
      int outputTokens,
      int minSamples,
      long budgetMillis) {
    Timed timed = new Timed(kvCache, prefillMillis, decodeMillis, outputTokens, minSamples);
    SamplingPolicy policy = SamplingPolicy.STANDARD;
    double actions =
        policy.settling().stretches()
            * (prefillMillis + decodeMillis * policy.warmUpSteps(kvCache, outputTokens));

    assertThat(timed.predictedMillis(budgetMillis))
        .isCloseTo(timed.measuredMillis(budgetMillis), within(actions));
  }

  @Test
  void makingTheDataTakesOfTheBudgetToo() {
    SamplingPolicy policy = SamplingPolicy.STANDARD;

    assertThat(policy.measuringNanos(new ExpectedNanos(900, 10, 0), true, 0, 11, 1_000))
        .isEqualTo(900 + 3 * 1_000 * 0.125 / 8 + 10);
  }

  /**
   * Of which every phase takes as long as it is said to, by a clock that stands still otherwise.
   */
  private record Timed(
      boolean kvCache, long prefillMillis, long decodeMillis, int outputTokens, int minSamples) {

    double predictedMillis(long budgetMillis) {
      ExpectedNanos expected =
          new ExpectedNanos(0, prefillMillis * NANOS_PER_MILLI, decodeMillis * NANOS_PER_MILLI);
      return SamplingPolicy.STANDARD.measuringNanos(
              expected, kvCache, outputTokens, minSamples, budgetMillis * NANOS_PER_MILLI)
          / NANOS_PER_MILLI;
    }

    double measuredMillis(long budgetMillis) {
      long[] nowNanos = {0};
      Ticker ticker = () -> nowNanos[0];
      RequestBuilder request =
          new RequestBuilder(ATTENTION)
              .tokens(PROMPT_TOKENS, outputTokens)
              .samples(minSamples, budgetMillis * NANOS_PER_MILLI);
      try (ForwardingEngine engine =
          new ForwardingEngine(new ReferenceAttentionEngine()) {
            @Override
            public void attend(
                Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
              super.attend(attention, queries, cache, output);
              boolean prefill = queries.tokens() == PROMPT_TOKENS;
              nowNanos[0] += NANOS_PER_MILLI * (prefill ? prefillMillis : decodeMillis);
            }
          }) {
        new SequenceMeasurer(engine, ticker)
            .measure((kvCache ? request : request.withoutCache()).build());
      }
      return (double) nowNanos[0] / NANOS_PER_MILLI;
    }
  }
}
