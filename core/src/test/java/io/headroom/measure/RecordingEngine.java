package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Another engine, and a list of what it was asked to do. */
final class RecordingEngine implements AttentionEngine {
  private final AttentionEngine engine;
  private final List<Call> calls = new ArrayList<>();

  /** How many queries saw a cache of which length. */
  record Call(int queries, int length) {}

  RecordingEngine(AttentionEngine engine) {
    this.engine = engine;
  }

  List<Call> calls() {
    return calls;
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
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    calls.add(new Call(queries.tokens(), cache.length()));
    engine.attend(attention, queries, cache, output);
  }

  @Override
  public void close() {
    engine.close();
  }
}
