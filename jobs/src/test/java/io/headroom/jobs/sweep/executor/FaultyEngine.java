package io.headroom.jobs.sweep.executor;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.vector.VectorAttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.testkit.ForwardingEngine;

/** The vector engine, but for sequences of {@link #FAULTY_TOKENS} tokens: there it breaks. */
final class FaultyEngine extends ForwardingEngine {
  /** Prompt and output; all other sequences are measured. */
  static final int FAULTY_TOKENS = 13;

  private final Runnable fault;

  /**
   * @param fault what happens instead of attention; attention follows if it returns
   */
  FaultyEngine(Runnable fault) {
    super(new VectorAttentionEngine(1));
    this.fault = fault;
  }

  static EngineFactory breakingBy(SerializableRunnable fault) {
    return (name, threads) -> new FaultyEngine(fault);
  }

  /** Travels to tasks. */
  interface SerializableRunnable extends Runnable, java.io.Serializable {}

  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    if (cache.spec().capacity() == FAULTY_TOKENS) {
      fault.run();
    }
    super.attend(attention, queries, cache, output);
  }

  /** An engine that works but does not close. */
  static AttentionEngine unclosable() {
    return new ForwardingEngine(new VectorAttentionEngine(1)) {
      @Override
      public void close() {
        super.close();
        throw new IllegalStateException("does not close");
      }
    };
  }
}
