package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.engines.AttentionEngines;
import io.headroom.host.HeapLedger;
import io.headroom.host.Ticker;
import io.headroom.kvcache.KvFormat;

/** Measures the longest sequence that this heap admits, and prints that it was measured. */
final class MeasureAtTheLimit {
  private static final int STEP_TOKENS = 16;
  private static final Attention ATTENTION =
      new Attention(new AttentionShape(32, 32, 128), AttentionMask.CAUSAL);

  private MeasureAtTheLimit() {}

  public static void main(String[] arguments) {
    KvFormat precision = KvFormat.named(System.getProperty("precision")).orElseThrow();
    boolean kvCache = System.getProperty("kvCache").equals("on");
    HeapLedger ledger = HeapLedger.ofProcess();
    try (AttentionEngine engine = AttentionEngines.create(System.getProperty("engine"), 1)) {
      ledger.claim(1).orElseThrow().close();
      SequenceRequest largest = null;
      for (int tokens = STEP_TOKENS; ; tokens += STEP_TOKENS) {
        SequenceRequest longer = request(tokens, precision, kvCache);
        EngineMemory memory = longer.memory(engine);
        if (memory.heapBytes() > ledger.freeBytes()
            || memory.nativeBytes() > engine.freeNativeBytes(memory.heapBytes())) {
          break;
        }
        largest = longer;
      }
      System.out.println(largest.promptTokens() + " tokens");
      HeapLedger.Claim claim = ledger.claim(largest.memory(engine).heapBytes()).orElseThrow();
      SequenceMeasurement measured = new SequenceMeasurer(engine, Ticker.system()).measure(largest);
      claim.close();
      if (measured.outputError().isPresent()) {
        System.out.println("measured");
      }
    }
  }

  private static SequenceRequest request(int tokens, KvFormat precision, boolean kvCache) {
    RequestBuilder builder =
        new RequestBuilder(ATTENTION).tokens(tokens, 2).in(precision).verified();
    return kvCache ? builder.build() : builder.withoutCache().build();
  }
}
