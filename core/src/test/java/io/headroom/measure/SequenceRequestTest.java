package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.nd4j.Nd4jAttentionEngine;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.attention.vector.VectorAttentionEngine;
import io.headroom.host.Ticker;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.ChildJvm;
import io.headroom.testkit.ForwardingEngine;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SequenceRequestTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Histograms, scratch memory, and what else does not grow with the sequence. */
  private static final long FIXED_BYTES = 16L << 20;

  private static final double MOST_OVERESTIMATE = 1.5;
  private static final List<KvFormat> ND4J_PRECISIONS =
      List.of(KvPrecision.F32, KvPrecision.F16, KvPrecision.BF16);
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
  void heapIsABoundThatIsNotFarAbove(SequenceRequest request) {
    assertHeapBound(request, () -> new VectorAttentionEngine(2));
    if (request.precision() == KvPrecision.F32) {
      assertHeapBound(request, ReferenceAttentionEngine::new);
    }
    // Each of ND4J's steps leaves some garbage, which does not live at the peak.
    boolean fewSteps = request.outputTokens() < 100;
    if (ND4J_PRECISIONS.contains(request.precision()) && fewSteps) {
      assertHeapBound(request, () -> new Nd4jAttentionEngine(1));
    }
  }

  /**
   * What a thread allocates is what lives at the peak: data, outputs and caches live to the end.
   */
  private static void assertHeapBound(SequenceRequest request, Supplier<AttentionEngine> engines) {
    engines.get().close();
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    try (AttentionEngine engine = engines.get()) {
      long bound = request.memory(engine).heapBytes();
      new SequenceMeasurer(new CachesOnly(engine), Ticker.system()).measure(request);
      long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

      assertThat(bound).isGreaterThan(allocated);
      assertThat((double) bound - FIXED_BYTES).isLessThan(MOST_OVERESTIMATE * allocated);
    }
  }

  /** The largest sequence that a small heap admits is measured in it, whatever is verified. */
  @ParameterizedTest
  @CsvSource({
    "vector, f32, on, -XX:+UseG1GC",
    "vector, int8, on, -XX:+UseG1GC",
    "vector, int4, off, -XX:+UseSerialGC",
    "nd4j, bf16, on, -XX:+UseG1GC"
  })
  void theLargestSequenceThatIsAdmittedIsMeasured(
      String engine, String precision, String kvCache, String collector) {
    ChildJvm.Result result =
        ChildJvm.run(
            MeasureAtTheLimit.class,
            List.of(
                collector,
                "-Xmx256m",
                "--add-modules=jdk.incubator.vector",
                "-Dengine=" + engine,
                "-Dprecision=" + precision,
                "-DkvCache=" + kvCache),
            entry -> true);

    assertThat(result.exitStatus()).as("%s", result.lines()).isZero();
    assertThat(result.lines()).as("%s", result.lines()).contains("measured");
  }

  @Test
  void memoryIsOfWhatTheEngineKeeps() {
    // 40 heads of 128 over 65,536 tokens in float32 are 1.25 GiB: queries, keys, values, outputs,
    // and the cached keys and values.
    SequenceRequest request =
        new RequestBuilder(attention(40, 40, 128, AttentionMask.CAUSAL)).tokens(65_520, 16).build();
    long tensorBytes = 40L * 128 * 65_536 * Float.BYTES;

    try (AttentionEngine vector = new VectorAttentionEngine(1);
        AttentionEngine nd4j = new Nd4jAttentionEngine(1)) {
      assertThat(request.memory(vector).heapBytes())
          .isBetween(6 * tensorBytes, 6 * tensorBytes + tensorBytes / 10);
      assertThat(request.memory(vector).nativeBytes()).isZero();
      assertThat(request.memory(nd4j).heapBytes())
          .isBetween(4 * tensorBytes, 4 * tensorBytes + tensorBytes / 10);
      assertThat(request.memory(nd4j).nativeBytes())
          .isBetween(2 * tensorBytes, 2 * tensorBytes + tensorBytes / 10);
    }
  }

  @Test
  void tooLargeForAnArraySaysWhatIsNot() {
    Attention grouped = attention(64, 8, 128, AttentionMask.CAUSAL);
    Attention wideValues = new Attention(new AttentionShape(64, 8, 128, 256), AttentionMask.CAUSAL);

    try (AttentionEngine engine = new VectorAttentionEngine(1)) {
      assertThat(new RequestBuilder(grouped).tokens(262_143, 1).build().unsupportedBy(engine))
          .contains(
              "64 query heads of 128 over 262144 tokens are more numbers than an array holds");
      assertThat(new RequestBuilder(wideValues).tokens(140_000, 0).build().unsupportedBy(engine))
          .contains(
              "64 query heads of 256 over 140000 tokens are more numbers than an array holds");
      assertThat(new RequestBuilder(grouped).tokens(262_142, 1).build().unsupportedBy(engine))
          .isEmpty();
    }
  }

  @Test
  void aHeadTooLargeForAnArrayIsUnsupportedToo() {
    SequenceRequest request =
        new RequestBuilder(attention(1, 1, 128, AttentionMask.CAUSAL))
            .tokens(16_000_000, 0)
            .build();

    try (AttentionEngine vector = new VectorAttentionEngine(1);
        AttentionEngine reference = new ReferenceAttentionEngine()) {
      assertThat(request.unsupportedBy(vector))
          .contains("one KV head needs an array of 4096000012 elements, more than 2147483639");
      assertThat(request.unsupportedBy(reference)).isEmpty();
    }
  }

  @Test
  void whatTheEngineLacksIsUnsupported() {
    SequenceRequest request = new RequestBuilder(GROUPED).tokens(5, 1).in(KvPrecision.INT8).build();

    try (AttentionEngine reference = new ReferenceAttentionEngine()) {
      assertThat(request.unsupportedBy(reference))
          .contains("the reference engine keeps f32 only: int8");
    }
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
  private static final class CachesOnly extends ForwardingEngine {
    CachesOnly(AttentionEngine engine) {
      super(engine);
    }

    @Override
    public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {}
  }
}
