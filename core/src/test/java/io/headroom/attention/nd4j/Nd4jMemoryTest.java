package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the engine takes outside the heap, and what it says beforehand. */
class Nd4jMemoryTest {
  private static final double MOST_OVERESTIMATE = 1.5;
  private static final int PROMPT_TOKENS = 3000;
  private static final int OUTPUT_TOKENS = 3;

  static Stream<Arguments> requests() {
    return Stream.of(KvPrecision.F32, KvPrecision.F16, KvPrecision.BF16)
        .flatMap(
            precision ->
                Stream.of(
                        new AttentionShape(8, 8, 64),
                        new AttentionShape(8, 1, 64),
                        new AttentionShape(8, 2, 96, 128))
                    .flatMap(
                        shape ->
                            Stream.of(AttentionMask.CAUSAL, AttentionMask.causalWindow(500, 4))
                                .map(mask -> Arguments.of(precision, shape, mask))));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void takesNoMoreThanItSaysAndNotMuchLess(
      KvPrecision precision, AttentionShape shape, AttentionMask mask) {
    Attention attention = new Attention(shape, mask);
    int tokens = PROMPT_TOKENS + OUTPUT_TOKENS;
    KvCacheSpec spec =
        KvCacheSpec.contiguous(
            shape.kvHeads(), shape.headDim(), shape.valueDim(), precision, tokens);
    HeadTensor queries = HeadTensor.zeros(shape.queryHeads(), tokens, shape.headDim());
    HeadTensor keys = HeadTensor.zeros(shape.kvHeads(), tokens, shape.headDim());
    HeadTensor values = HeadTensor.zeros(shape.kvHeads(), tokens, shape.valueDim());
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), tokens, shape.valueDim());
    long before = Nd4jBuffer.heldBytes();
    try (Nd4jAttentionEngine engine = new Nd4jAttentionEngine(1);
        KvCache cache = engine.newCache(spec)) {
      EngineMemory foreseen =
          engine.cacheMemory(spec).plus(engine.scratchMemory(attention, spec, PROMPT_TOKENS));
      long most = 0;
      for (int from = 0; from < tokens; ) {
        int to = from == 0 ? PROMPT_TOKENS : from + 1;
        cache.append(keys.tokens(from, to), values.tokens(from, to));
        engine.attend(attention, queries.tokens(from, to), cache, output.tokens(from, to));
        most = Math.max(most, Nd4jBuffer.heldBytes() - before);
        from = to;
      }

      assertThat(foreseen.nativeBytes()).isGreaterThanOrEqualTo(most);
      assertThat((double) foreseen.nativeBytes()).isLessThan(MOST_OVERESTIMATE * most);
    }
    assertThat(Nd4jBuffer.heldBytes()).isEqualTo(before);
  }

  /** What is counted is what the process grows by. */
  @Test
  void countedBytesAreThoseOfTheProcess() {
    long bytes = 256L << 20;
    long physical = Pointer.physicalBytes();
    KvCacheSpec spec =
        KvCacheSpec.contiguous(8, 64, 64, KvPrecision.F32, (int) (bytes / (8 * 128 * 4)));
    try (Nd4jAttentionEngine engine = new Nd4jAttentionEngine(1);
        KvCache cache = engine.newCache(spec)) {
      HeadTensor rows = HeadTensor.zeros(8, 4096, 64);
      long free = engine.freeNativeBytes(0);
      for (int from = 0; from < spec.capacity(); from += 4096) {
        cache.append(rows, rows);
      }

      assertThat(engine.cacheMemory(spec).nativeBytes()).isEqualTo(bytes);
      assertThat(cache.allocatedBytes()).isEqualTo(bytes);
      assertThat(Pointer.physicalBytes() - physical).isGreaterThan(bytes * 9 / 10);
      assertThat(free).isPositive();
    }
  }

  @Test
  void aBufferThatCannotGrowStaysUsable() {
    try (ScratchBuffer scratch = new ScratchBuffer()) {
      scratch.dense(2, 3);

      // More than the addresses of a process.
      assertThatThrownBy(() -> scratch.floats(1L << 50)).isInstanceOf(Throwable.class);

      assertThat(scratch.dense(2, 3).length()).isEqualTo(6);
      scratch.floats(6).put(0, new float[] {1, 2, 3, 4, 5, 6}, 0, 6);
      assertThat(scratch.dense(2, 3).getFloat(1, 2)).isEqualTo(6);
    }
  }
}
