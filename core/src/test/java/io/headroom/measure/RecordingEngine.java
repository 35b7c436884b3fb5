package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.testkit.ForwardingEngine;
import java.util.ArrayList;
import java.util.List;

/** Another engine, and a list of what it was asked to do. */
final class RecordingEngine extends ForwardingEngine {
  private final List<Call> calls = new ArrayList<>();

  /** How many queries saw a cache of which length. */
  record Call(int queries, int length) {}

  RecordingEngine(AttentionEngine engine) {
    super(engine);
  }

  List<Call> calls() {
    return calls;
  }

  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    calls.add(new Call(queries.tokens(), cache.length()));
    super.attend(attention, queries, cache, output);
  }
}
