package io.headroom.testkit;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionChecks;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.SlicePositions;
import io.headroom.kvcache.CheckedKvCache;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.Optional;

/** Attention as the textbook writes it, in double, over a cache that is two arrays of floats. */
public final class TextbookEngine implements AttentionEngine {
  private final Optional<String> refusal;

  public TextbookEngine() {
    this.refusal = Optional.empty();
  }

  /** An engine that runs nothing, for this reason. */
  public TextbookEngine(String refusal) {
    this.refusal = Optional.of(refusal);
  }

  @Override
  public String name() {
    return "textbook";
  }

  @Override
  public String detail() {
    return "double";
  }

  @Override
  public Optional<String> unsupported(Attention attention, KvCacheSpec cache) {
    if (cache.precision() != KvPrecision.F32 || cache.isWindowed()) {
      return Optional.of("only contiguous f32 caches");
    }
    return refusal;
  }

  @Override
  public KvCache newCache(KvCacheSpec spec) {
    return new PlainCache(spec);
  }

  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    AttentionChecks.requireFit(attention, queries, cache, output);
    PlainCache own = (PlainCache) cache;
    copy(TextbookAttention.attend(attention, queries, own.keys(), own.values()), output);
  }

  @Override
  public void attendSlice(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial) {
    AttentionChecks.requireFit(attention, queries, positions, cache, partial);
    PlainCache own = (PlainCache) cache;
    double[] outputs =
        TextbookAttention.attend(
            attention,
            queries,
            positions.firstQuery(),
            own.keys(),
            positions.firstKey(),
            own.values(),
            partial.logSumExps());
    copy(outputs, partial.output());
  }

  private static void copy(double[] dense, HeadTensor into) {
    int from = 0;
    for (int head = 0; head < into.heads(); head++) {
      for (int i = 0; i < into.tokens() * into.dim(); i++) {
        into.data()[into.row(head, 0) + i] = (float) dense[from++];
      }
    }
  }

  @Override
  public void close() {}

  private static final class PlainCache extends CheckedKvCache {
    private final HeadTensor keys;
    private final HeadTensor values;

    PlainCache(KvCacheSpec spec) {
      super(spec);
      this.keys = HeadTensor.zeros(spec.kvHeads(), spec.capacity(), spec.keyDim());
      this.values = HeadTensor.zeros(spec.kvHeads(), spec.capacity(), spec.valueDim());
    }

    HeadTensor keys() {
      return keys.tokens(0, length());
    }

    HeadTensor values() {
      return values.tokens(0, length());
    }

    @Override
    protected void store(HeadTensor newKeys, HeadTensor newValues) {
      copy(newKeys, keys);
      copy(newValues, values);
    }

    private void copy(HeadTensor from, HeadTensor to) {
      for (int head = 0; head < from.heads(); head++) {
        System.arraycopy(
            from.data(),
            from.row(head, 0),
            to.data(),
            to.row(head, length()),
            from.tokens() * from.dim());
      }
    }

    @Override
    public long allocatedBytes() {
      return (keys.data().length + (long) values.data().length) * Float.BYTES;
    }
  }
}
