package io.headroom.testkit;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.SlicePositions;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import java.util.Optional;

/** Another engine, for subclasses that do one thing differently. */
public class ForwardingEngine implements AttentionEngine {
  private final AttentionEngine engine;

  public ForwardingEngine(AttentionEngine engine) {
    this.engine = engine;
  }

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
  public EngineMemory cacheMemory(KvCacheSpec spec) {
    return engine.cacheMemory(spec);
  }

  @Override
  public EngineMemory scratchMemory(Attention attention, KvCacheSpec cache, int queries) {
    return engine.scratchMemory(attention, cache, queries);
  }

  @Override
  public long freeNativeBytes(long heapBytes) {
    return engine.freeNativeBytes(heapBytes);
  }

  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    engine.attend(attention, queries, cache, output);
  }

  @Override
  public void attendSlice(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial) {
    engine.attendSlice(attention, queries, positions, cache, partial);
  }

  @Override
  public void close() {
    engine.close();
  }
}
