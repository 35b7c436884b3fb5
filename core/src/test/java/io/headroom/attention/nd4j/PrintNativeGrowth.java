package io.headroom.attention.nd4j;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import org.bytedeco.javacpp.Pointer;

/** Decodes and prints by how many bytes the process grew meanwhile, its start left out. */
final class PrintNativeGrowth {
  /** Until then the process grows by 7 MB once, by what the JVM and ND4J keep of their start. */
  private static final int WARM_UP_STEPS = 10_000;

  private static final int STEPS = 10_000;

  private PrintNativeGrowth() {}

  public static void main(String[] arguments) {
    AttentionShape shape = new AttentionShape(2, 1, 16);
    Attention attention = new Attention(shape, AttentionMask.causalWindow(256, 4));
    int capacity = WARM_UP_STEPS + STEPS;
    GaussianTensors tensors = new GaussianTensors(1);
    HeadTensor query = tensors.next(2, 1, 16);
    HeadTensor rows = tensors.next(1, 1, 16);
    HeadTensor output = HeadTensor.zeros(2, 1, 16);
    try (Nd4jAttentionEngine engine = new Nd4jAttentionEngine(1);
        KvCache cache =
            engine.newCache(KvCacheSpec.contiguous(1, 16, 16, KvPrecision.BF16, capacity))) {
      long start = 0;
      for (int step = 0; step < capacity; step++) {
        if (step == WARM_UP_STEPS) {
          start = Pointer.physicalBytes();
        }
        cache.append(rows, rows);
        engine.attend(attention, query, cache, output);
      }
      System.out.println(Pointer.physicalBytes() - start);
    }
  }
}
