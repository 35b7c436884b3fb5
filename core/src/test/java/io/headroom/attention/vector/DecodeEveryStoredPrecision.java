package io.headroom.attention.vector;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import java.util.List;

/** Decodes until the blocks of four rows are compiled. */
final class DecodeEveryStoredPrecision {
  private static final int STEPS = 600;
  private static final int POSITIONS = 512;
  private static final int HEAD_DIM = 64;
  private static final int GROUP = 7;

  private DecodeEveryStoredPrecision() {}

  public static void main(String[] arguments) {
    GaussianTensors gaussian = new GaussianTensors(3);
    HeadTensor keys = gaussian.next(1, POSITIONS, HEAD_DIM);
    HeadTensor query = gaussian.next(GROUP, 1, HEAD_DIM);
    HeadTensor output = HeadTensor.zeros(GROUP, 1, HEAD_DIM);
    Attention attention =
        new Attention(new AttentionShape(GROUP, 1, HEAD_DIM), AttentionMask.CAUSAL);
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      for (KvPrecision precision :
          List.of(
              KvPrecision.BF16,
              KvPrecision.F16,
              KvPrecision.FP8,
              KvPrecision.INT8,
              KvPrecision.INT4)) {
        KvCache cache =
            engine.newCache(KvCacheSpec.contiguous(1, HEAD_DIM, HEAD_DIM, precision, POSITIONS));
        cache.append(keys, keys);
        for (int step = 0; step < STEPS; step++) {
          engine.attend(attention, query, cache, output);
        }
      }
    }
  }
}
