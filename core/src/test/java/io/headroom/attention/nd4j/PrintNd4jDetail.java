package io.headroom.attention.nd4j;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;

/** Attends once and prints what ran, or why nothing could. */
final class PrintNd4jDetail {
  private PrintNd4jDetail() {}

  public static void main(String[] arguments) {
    HeadTensor rows = HeadTensor.zeros(2, 3, 4);
    try (Nd4jAttentionEngine engine = new Nd4jAttentionEngine(1);
        KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 4, 4, KvPrecision.BF16, 3))) {
      cache.append(rows, rows);
      Attention attention = new Attention(new AttentionShape(2, 2, 4), AttentionMask.CAUSAL);
      engine.attend(attention, rows, cache, HeadTensor.zeros(2, 3, 4));
      System.out.println(engine.detail());
    } catch (EngineUnavailableException e) {
      System.out.println(e.getMessage());
    }
  }
}
