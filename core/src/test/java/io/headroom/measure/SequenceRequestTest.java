package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.attention.vector.VectorAttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SequenceRequestTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long SCRATCH_BYTES = 64L << 20;

  /** Histograms, and objects that do not grow with the sequence. */
  private static final long SMALL_OBJECTS_BYTES = 4L << 20;

  private static final double MOST_OVERESTIMATE = 2;
  private static final Attention GROUPED = attention(8, 2, 64, AttentionMask.CAUSAL);
  private static final Attention MULTI_HEAD = attention(8, 8, 128, AttentionMask.CAUSAL);
  private static final Attention WINDOWED = attention(8, 8, 64, AttentionMask.causalWindow(128, 4));

  static Stream<Arguments> requests() {
    return Stream.of(KvPrecision.values())
        .flatMap(
            precision ->
                Stream.of(
                        new RequestBuilder(GROUPED).tokens(9000, 16),
                        new RequestBuilder(MULTI_HEAD).tokens(4000, 16),
                        new RequestBuilder(MULTI_HEAD).tokens(4000, 16).withoutCache(),
                        new RequestBuilder(MULTI_HEAD).tokens(4000, 16).verified(),
                        new RequestBuilder(WINDOWED).tokens(9000, 16),
                        new RequestBuilder(WINDOWED).tokens(100, 9000).verified(),
                        new RequestBuilder(attention(8, 1, 64, AttentionMask.CAUSAL))
                            .tokens(9000, 0)
                            .verified(),
                        new RequestBuilder(GROUPED, GROUPED, GROUPED, MULTI_HEAD, WINDOWED)
                            .tokens(3000, 16)
                            .verified())
                    .map(builder -> Arguments.of(builder.in(precision).build())));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void heapBytesAreABoundThatIsNotFarAbove(SequenceRequest request) {
    assertBound(request, new VectorAttentionEngine(1));
    if (request.precision() == KvPrecision.F32) {
      assertBound(request, new ReferenceAttentionEngine());
    }
  }

  private static void assertBound(SequenceRequest request, AttentionEngine engine) {
    long allocated;
    try (AttentionEngine cachesOnly = new CachesOnly(engine)) {
      SequenceMeasurer measurer = new SequenceMeasurer(cachesOnly, Ticker.system());
      long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
      measurer.measure(request);
      allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }
    long bound = request.heapBytes() - SCRATCH_BYTES;
    assertThat(allocated).isLessThan(bound + SMALL_OBJECTS_BYTES);
    assertThat((double) bound).isLessThan(MOST_OVERESTIMATE * allocated);
  }

  @Test
  void whatFitsIsNotTooLarge() {
    SequenceRequest request = new RequestBuilder(MULTI_HEAD).tokens(4000, 16).build();

    assertThat(request.tooLargeFor(2 * request.heapBytes())).isEmpty();
    assertThat(request.tooLargeFor((long) (request.heapBytes() / 0.84))).isEmpty();
    assertThat(request.tooLargeFor(request.heapBytes())).isPresent();
  }

  @Test
  void tooLargeForTheHeapSaysWhatIsNeeded() {
    // 40 heads of 128 over 65,536 tokens in float32 are 1.25 GiB: queries, keys, values, outputs,
    // the cached keys and values, and 64 MiB.
    SequenceRequest request =
        new RequestBuilder(attention(40, 40, 128, AttentionMask.CAUSAL)).tokens(65_520, 16).build();

    assertThat(request.tooLargeFor(4L << 30))
        .contains("needs 7.6 GiB of heap, the executor has 4.0 GiB");
  }

  @Test
  void tooLargeForAnArraySaysWhatIsNot() {
    SequenceRequest request =
        new RequestBuilder(attention(64, 8, 128, AttentionMask.CAUSAL)).tokens(262_143, 1).build();
    assertThat(request.tooLargeFor(Long.MAX_VALUE))
        .contains("64 query heads of 128 over 262144 tokens are more numbers than an array holds");

    Attention wideValues = new Attention(new AttentionShape(64, 8, 128, 256), AttentionMask.CAUSAL);
    assertThat(
            new RequestBuilder(wideValues).tokens(140_000, 0).build().tooLargeFor(Long.MAX_VALUE))
        .contains("64 query heads of 256 over 140000 tokens are more numbers than an array holds");

    assertThat(
            new RequestBuilder(attention(64, 8, 128, AttentionMask.CAUSAL))
                .tokens(262_142, 1)
                .build()
                .tooLargeFor(Long.MAX_VALUE))
        .isEmpty();
  }

  @Test
  void aWindowedCacheHasRoomForThePiecesOfPrefillAndForWhatIsDecoded() {
    assertThat(new RequestBuilder(WINDOWED).tokens(1000, 16).build().cache(WINDOWED))
        .isEqualTo(new KvCacheSpec(8, 64, 64, KvPrecision.F32, 1016, 128, 4, 255));
    assertThat(new RequestBuilder(WINDOWED).tokens(1000, 900).build().cache(WINDOWED).slack())
        .isEqualTo(900);
    assertThat(new RequestBuilder(WINDOWED).tokens(112, 16).build().cache(WINDOWED))
        .isEqualTo(KvCacheSpec.contiguous(8, 64, 64, KvPrecision.F32, 128));
    assertThat(new RequestBuilder(WINDOWED).tokens(1000, 16).withoutCache().build().cache(WINDOWED))
        .isEqualTo(KvCacheSpec.contiguous(8, 64, 64, KvPrecision.F32, 1016));
  }

  @Test
  void refusesWhatCannotBeMeasured() {
    assertRefused(() -> new RequestBuilder().build(), "layers must be causal, and at least 1: []");
    assertThatThrownBy(
            () -> new RequestBuilder(GROUPED, attention(8, 2, 64, AttentionMask.FULL)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("layers must be causal, and at least 1: [Attention[");
    assertRefused(
        () -> new RequestBuilder(GROUPED).tokens(0, 5).build(),
        "promptTokens must be at least 1: 0");
    assertRefused(
        () -> new RequestBuilder(GROUPED).tokens(5, -1).build(),
        "outputTokens must be at least 0: -1");
    assertRefused(
        () -> new RequestBuilder(GROUPED).samples(0, 0).build(),
        "minSamples must be at least 1: 0");
    assertRefused(
        () -> new RequestBuilder(GROUPED).tokens(Integer.MAX_VALUE, 1).build(),
        "promptTokens and outputTokens must be at most 2147483647 together: 2147483647 and 1");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static Attention attention(int queryHeads, int kvHeads, int headDim, AttentionMask mask) {
    return new Attention(new AttentionShape(queryHeads, kvHeads, headDim), mask);
  }

  /** Holds what the engine's caches hold and computes nothing: memory is counted, not time. */
  private record CachesOnly(AttentionEngine engine) implements AttentionEngine {
    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public String detail() {
      return engine.detail();
    }

    @Override
    public Optional<String> unsupported(Attention attention, KvCacheSpec cache) {
      return engine.unsupported(attention, cache);
    }

    @Override
    public KvCache newCache(KvCacheSpec spec) {
      return engine.newCache(spec);
    }

    @Override
    public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {}

    @Override
    public void close() {
      engine.close();
    }
  }
}
