package io.headroom.attention.reference;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionChecks;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.SlicePositions;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Attention as the textbook has it ("Attention is all you need", arXiv 1706.03762, section 3.2.1),
 * in double precision and one query at a time: the oracle that the other engines are held against.
 * It keeps every position as float32, of windowed caches too.
 */
public final class ReferenceAttentionEngine implements AttentionEngine {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String detail() {
    return "double";
  }

  @Override
  public Optional<String> unsupported(Attention attention, KvCacheSpec cache) {
    if (cache.precision() != KvPrecision.F32) {
      return Optional.of("the reference engine keeps f32 only: " + cache.precision().label());
    }
    return RowKvCache.unsupported(cache);
  }

  @Override
  public EngineMemory cacheMemory(KvCacheSpec spec) {
    return new EngineMemory(RowKvCache.heapBytes(spec), 0);
  }

  /** The weights of a query and the positions of all. */
  @Override
  public EngineMemory scratchMemory(Attention attention, KvCacheSpec cache, int queries) {
    return new EngineMemory(
        HeapArrays.bytes(cache.capacity(), Double.BYTES) + HeapArrays.bytes(queries, Integer.BYTES),
        0);
  }

  /**
   * @throws IllegalArgumentException if the precision is not f32
   */
  @Override
  public KvCache newCache(KvCacheSpec spec) {
    if (spec.precision() != KvPrecision.F32) {
      throw new IllegalArgumentException(
          "the reference engine keeps f32 only: " + spec.precision().label());
    }
    return new RowKvCache(spec);
  }

  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    AttentionChecks.requireFit(attention, queries, cache, output);
    int[] positions = run(cache.length() - queries.tokens(), queries.tokens());
    attendEach(attention, queries, positions, 0, own(cache), output, PartialAttention.NO_SUMS);
  }

  @Override
  public void attendSlice(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial) {
    AttentionChecks.requireFit(attention, queries, positions, cache, partial);
    int[] each = run(positions.firstQuery(), queries.tokens());
    attendEach(
        attention,
        queries,
        each,
        positions.firstKey(),
        own(cache),
        partial.output(),
        partial.logSumExps());
  }

  /**
   * Attention of single queries that stand anywhere in the cache, each as if it were one of a whole
   * prefill: a long prefill is verified at a few positions without computing the others.
   *
   * @param queries {@code [queryHeads, positions, headDim]}
   * @param positions the position in the cache at which each query stands, in any order
   * @param output {@code [queryHeads, positions, valueDim]}, overwritten
   * @throws IllegalArgumentException if shapes do not fit together, the cache is empty or another
   *     engine's, or a position lies outside the cache
   * @throws AttentionInterruptedException as {@link #attend} does
   */
  public void attendAt(
      Attention attention, HeadTensor queries, int[] positions, KvCache cache, HeadTensor output) {
    AttentionChecks.requireFitAnywhere(attention, queries, cache, output);
    if (positions.length != queries.tokens()) {
      throw new IllegalArgumentException(
          "%d positions do not fit %d queries".formatted(positions.length, queries.tokens()));
    }
    for (int position : positions) {
      if (position < 0 || position >= cache.length()) {
        throw new IllegalArgumentException(
            "position must be at least 0 and below %d: %d".formatted(cache.length(), position));
      }
    }
    attendEach(attention, queries, positions, 0, own(cache), output, PartialAttention.NO_SUMS);
  }

  @Override
  public void close() {}

  private static int[] run(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }

  private static RowKvCache own(KvCache cache) {
    if (cache instanceof RowKvCache rows) {
      return rows;
    }
    throw new IllegalArgumentException(
        "the reference engine reads only caches that it made: " + cache.getClass().getSimpleName());
  }

  private static void attendEach(
      Attention attention,
      HeadTensor queries,
      int[] positions,
      int firstKey,
      RowKvCache cache,
      HeadTensor output,
      double[] logSumExps) {
    double[] weights = new double[cache.length()];
    for (int head = 0; head < queries.heads(); head++) {
      float[] keys = cache.keys(head / attention.shape().groupSize());
      float[] values = cache.values(head / attention.shape().groupSize());
      for (int token = 0; token < positions.length; token++) {
        AttentionInterruptedException.throwIfInterrupted();
        int query = queries.row(head, token);
        int position = positions[token];
        double logSumExp =
            softmax(attention, queries.data(), query, position, firstKey, keys, weights);
        if (logSumExps != PartialAttention.NO_SUMS) {
          logSumExps[head * positions.length + token] = logSumExp;
        }
        mix(weights, values, output.dim(), output.data(), output.row(head, token));
      }
    }
  }

  /**
   * Weights of all keys for one query; the hidden ones get 0.
   *
   * @return the logarithm of the sum of the weights before they were normalised
   */
  private static double softmax(
      Attention attention,
      float[] queries,
      int query,
      int position,
      int firstKey,
      float[] keys,
      double[] weights) {
    AttentionShape shape = attention.shape();
    AttentionMask mask = attention.mask();
    double greatest = Double.NEGATIVE_INFINITY;
    for (int key = 0; key < weights.length; key++) {
      weights[key] = Double.NEGATIVE_INFINITY;
      if (mask.sees(position, firstKey + key)) {
        double product = dot(queries, query, keys, key * shape.headDim(), shape.headDim());
        weights[key] = attention.scale() * product;
        greatest = Math.max(greatest, weights[key]);
      }
    }
    double sum = 0;
    for (int key = 0; key < weights.length; key++) {
      // A query that sees nothing has no greatest score: its weights are all 0, not NaN.
      boolean seen = mask.sees(position, firstKey + key);
      weights[key] = seen ? Math.exp(weights[key] - greatest) : 0;
      sum += weights[key];
    }
    for (int key = 0; key < weights.length && sum != 0; key++) {
      weights[key] /= sum;
    }
    return greatest + Math.log(sum);
  }

  private static void mix(double[] weights, float[] values, int dim, float[] output, int row) {
    double[] mixed = new double[dim];
    for (int key = 0; key < weights.length; key++) {
      for (int channel = 0; channel < dim; channel++) {
        mixed[channel] += weights[key] * values[key * dim + channel];
      }
    }
    for (int channel = 0; channel < dim; channel++) {
      output[row + channel] = (float) mixed[channel];
    }
  }

  private static double dot(float[] left, int leftFrom, float[] right, int rightFrom, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) left[leftFrom + i] * right[rightFrom + i];
    }
    return sum;
  }
}
