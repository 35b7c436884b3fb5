package io.headroom.attention.nd4j;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;

/** Prints of sequences of 100 and of 60,000 tokens whether there is native memory for them. */
final class PrintForeseenMemory {
  private PrintForeseenMemory() {}

  public static void main(String[] arguments) {
    Attention attention = new Attention(new AttentionShape(1, 1, 8), AttentionMask.CAUSAL);
    try (Nd4jAttentionEngine engine = new Nd4jAttentionEngine(1)) {
      for (int tokens : new int[] {100, 60_000}) {
        KvCacheSpec spec = KvCacheSpec.contiguous(1, 8, 8, KvPrecision.F32, tokens);
        EngineMemory memory =
            engine.cacheMemory(spec).plus(engine.scratchMemory(attention, spec, tokens));
        boolean fits = memory.nativeBytes() <= engine.freeNativeBytes(memory.heapBytes());
        System.out.println(tokens + (fits ? " fit" : " do not fit"));
      }
    }
  }
}
