package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;

/** One layer that is being measured: its cache, and the steps of prefill and decode on it. */
final class MeasuredLayer implements AutoCloseable {
  private final AttentionEngine engine;
  private final Attention attention;
  private final SequenceTensors tensors;
  private final KvCache cache;
  private final HeadTensor output;

  MeasuredLayer(
      AttentionEngine engine, Attention attention, SequenceTensors tensors, KvCacheSpec spec) {
    AttentionShape shape = attention.shape();
    this.engine = engine;
    this.attention = attention;
    this.tensors = tensors;
    this.output =
        HeadTensor.zeros(shape.queryHeads(), tensors.queries().tokens(), shape.valueDim());
    this.cache = engine.newCache(spec);
  }

  Attention attention() {
    return attention;
  }

  SequenceTensors tensors() {
    return tensors;
  }

  /** The outputs computed last, at the positions of their queries. */
  HeadTensor output() {
    return output;
  }

  long allocatedBytes() {
    return cache.allocatedBytes();
  }

  /**
   * Empties the cache and computes the first {@code tokens} positions. A cache that keeps a window
   * takes them in pieces, as large as it allows.
   */
  void prefill(int tokens) {
    cache.truncate(0);
    int piece = cache.spec().isWindowed() ? cache.spec().slack() + 1 : tokens;
    for (int from = 0; from < tokens; from += piece) {
      advance(from, Math.min(from + piece, tokens));
    }
  }

  /** Appends the position and computes it. */
  void decode(int position) {
    advance(position, position + 1);
  }

  void truncate(int length) {
    cache.truncate(length);
  }

  @Override
  public void close() {
    cache.close();
  }

  private void advance(int from, int to) {
    cache.append(tensors.keys().tokens(from, to), tensors.values().tokens(from, to));
    engine.attend(attention, tensors.queries().tokens(from, to), cache, output.tokens(from, to));
  }
}
