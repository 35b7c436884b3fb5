package io.headroom.testkit;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionChecks;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvCapacityException;
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
    PlainCache plain = (PlainCache) cache;
    AttentionShape shape = attention.shape();
    int keys = plain.length;
    int firstPosition = keys - queries.tokens();
    for (int head = 0; head < shape.queryHeads(); head++) {
      int kvHead = head / shape.groupSize();
      for (int token = 0; token < queries.tokens(); token++) {
        double[] weights = new double[keys];
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
          weights[j] = Double.NEGATIVE_INFINITY;
          if (attention.mask().sees(firstPosition + token, j)) {
            weights[j] =
                attention.scale()
                    * dot(queries, queries.row(head, token), plain.keys, plain.keys.row(kvHead, j));
            largest = Math.max(largest, weights[j]);
          }
        }
        attend(weights, largest, plain.values, kvHead, output.data(), output.row(head, token));
      }
    }
  }

  private static double dot(HeadTensor a, int rowA, HeadTensor b, int rowB) {
    double sum = 0;
    for (int i = 0; i < a.dim(); i++) {
      sum += (double) a.data()[rowA + i] * b.data()[rowB + i];
    }
    return sum;
  }

  private static void attend(
      double[] scores, double largest, HeadTensor values, int kvHead, float[] output, int row) {
    double[] sums = new double[values.dim()];
    double total = 0;
    for (int j = 0; j < scores.length; j++) {
      if (scores[j] == Double.NEGATIVE_INFINITY) {
        continue;
      }
      double weight = Math.exp(scores[j] - largest);
      total += weight;
      for (int i = 0; i < sums.length; i++) {
        sums[i] += weight * values.data()[values.row(kvHead, j) + i];
      }
    }
    for (int i = 0; i < sums.length; i++) {
      output[row + i] = total == 0 ? 0 : (float) (sums[i] / total);
    }
  }

  @Override
  public void close() {}

  private static final class PlainCache implements KvCache {
    private final KvCacheSpec spec;
    private final HeadTensor keys;
    private final HeadTensor values;
    private int length;

    PlainCache(KvCacheSpec spec) {
      this.spec = spec;
      this.keys = HeadTensor.zeros(spec.kvHeads(), spec.capacity(), spec.keyDim());
      this.values = HeadTensor.zeros(spec.kvHeads(), spec.capacity(), spec.valueDim());
    }

    @Override
    public KvCacheSpec spec() {
      return spec;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public void append(HeadTensor newKeys, HeadTensor newValues) {
      if (length + newKeys.tokens() > spec.capacity()) {
        throw new KvCapacityException(length, newKeys.tokens(), spec.capacity());
      }
      copy(newKeys, keys);
      copy(newValues, values);
      length += newKeys.tokens();
    }

    private void copy(HeadTensor from, HeadTensor to) {
      for (int head = 0; head < from.heads(); head++) {
        System.arraycopy(
            from.data(),
            from.row(head, 0),
            to.data(),
            to.row(head, length),
            from.tokens() * from.dim());
      }
    }

    @Override
    public void truncate(int newLength) {
      if (newLength < 0 || newLength > length) {
        throw new IllegalArgumentException("length must be 0 to " + length + ": " + newLength);
      }
      length = newLength;
    }

    @Override
    public long allocatedBytes() {
      return (keys.data().length + (long) values.data().length) * Float.BYTES;
    }
  }
}
