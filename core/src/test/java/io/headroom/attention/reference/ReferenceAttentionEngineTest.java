package io.headroom.attention.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngineContract;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceAttentionEngineTest extends AttentionEngineContract {
  /** A float32 output of a computation in double: half a unit in the last place. */
  private static final double TOLERANCE = 1e-7;

  private static final AttentionShape SHAPE = new AttentionShape(6, 2, 16, 24);

  private final ReferenceAttentionEngine engine = new ReferenceAttentionEngine();

  @Override
  protected AttentionEngine engine(int threads) {
    return new ReferenceAttentionEngine();
  }

  @Override
  protected double tolerance() {
    return TOLERANCE;
  }

  @Test
  void saysWhatItIs() {
    assertThat(engine.name()).isEqualTo("reference");
    assertThat(engine.detail()).isEqualTo("double");
  }

  @ParameterizedTest
  @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
  void keepsFloatsOnly(KvPrecision precision) {
    KvCacheSpec spec = KvCacheSpec.contiguous(2, 16, 24, precision, 9);
    String reason = "the reference engine keeps f32 only: " + precision.label();

    assertThat(engine.unsupported(new Attention(SHAPE, AttentionMask.CAUSAL), spec))
        .contains(reason);
    assertThatThrownBy(() -> engine.newCache(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(reason);
  }

  @Test
  void cacheCountsItsBytesExactly() {
    KvCacheSpec spec = new KvCacheSpec(2, 16, 24, KvPrecision.F32, 50, 8, 2, 3);
    try (KvCache cache = engine.newCache(spec)) {
      // 2 heads, 50 positions though the window is 8, 16 + 24 numbers of 4 bytes.
      assertThat(cache.allocatedBytes()).isEqualTo(2 * 50 * (16 + 24) * 4);
    }
  }

  @Test
  void singleQueriesEqualThoseOfAWholePrefill() {
    for (AttentionMask mask :
        new AttentionMask[] {
          AttentionMask.FULL,
          AttentionMask.CAUSAL,
          AttentionMask.causalWindow(8, 2),
          new AttentionMask(false, 8, 2)
        }) {
      Attention attention = new Attention(SHAPE, mask);
      HeadTensor queries = new GaussianTensors(1).next(6, 50, 16);
      HeadTensor whole = HeadTensor.zeros(6, 50, 24);
      int[] positions = {49, 0, 17, 17, 8};
      HeadTensor output = HeadTensor.zeros(6, positions.length, 24);

      try (KvCache cache = filledCache(50)) {
        engine.attend(attention, queries, cache, whole);
        engine.attendAt(attention, pick(queries, positions), positions, cache, output);
      }

      assertThat(output.data()).isEqualTo(pick(whole, positions).data());
    }
  }

  @Test
  void singleQueriesMustStandInTheCache() {
    Attention attention = new Attention(SHAPE, AttentionMask.CAUSAL);
    HeadTensor queries = HeadTensor.zeros(6, 2, 16);
    HeadTensor output = HeadTensor.zeros(6, 2, 24);
    try (KvCache cache = filledCache(50)) {
      assertThatThrownBy(
              () -> engine.attendAt(attention, queries, new int[] {0, 50}, cache, output))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("position must be at least 0 and below 50: 50");
      assertThatThrownBy(
              () -> engine.attendAt(attention, queries, new int[] {-1, 0}, cache, output))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("position must be at least 0 and below 50: -1");
      assertThatThrownBy(() -> engine.attendAt(attention, queries, new int[] {0}, cache, output))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("1 positions do not fit 2 queries");
    }
  }

  private KvCache filledCache(int tokens) {
    GaussianTensors tensors = new GaussianTensors(2);
    KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 16, 24, KvPrecision.F32, tokens));
    cache.append(tensors.next(2, tokens, 16), tensors.next(2, tokens, 24));
    return cache;
  }

  private static HeadTensor pick(HeadTensor tensor, int[] tokens) {
    HeadTensor picked = HeadTensor.zeros(tensor.heads(), tokens.length, tensor.dim());
    for (int head = 0; head < tensor.heads(); head++) {
      for (int i = 0; i < tokens.length; i++) {
        System.arraycopy(
            tensor.data(),
            tensor.row(head, tokens[i]),
            picked.data(),
            picked.row(head, i),
            tensor.dim());
      }
    }
    return picked;
  }
}
