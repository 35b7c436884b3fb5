package io.headroom.layer;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole attention layer of the Llama family: projections to queries, keys and values, where the
 * model has them norms of queries and keys, rotary embedding, attention, output projection.
 */
public final class AttentionLayer {
  private final Attention attention;
  private final LinearProjection query;
  private final LinearProjection key;
  private final LinearProjection value;
  private final LinearProjection output;
  private final RotaryEmbedding rotary;
  private final Optional<RmsNorm> queryNorm;
  private final Optional<RmsNorm> keyNorm;

  /**
   * @param query hidden size to query heads x head dim
   * @param key hidden size to KV heads x head dim
   * @param value hidden size to KV heads x value dim
   * @param output query heads x value dim to hidden size
   * @param queryNorm of each head, before the rotary embedding
   * @param keyNorm of each head, before the rotary embedding
   * @throws IllegalArgumentException if the projections do not fit the shape
   */
  public AttentionLayer(
      Attention attention,
      LinearProjection query,
      LinearProjection key,
      LinearProjection value,
      LinearProjection output,
      RotaryEmbedding rotary,
      Optional<RmsNorm> queryNorm,
      Optional<RmsNorm> keyNorm) {
    this.attention = Objects.requireNonNull(attention, "attention");
    this.query = query;
    this.key = key;
    this.value = value;
    this.output = output;
    this.rotary = Objects.requireNonNull(rotary, "rotary");
    this.queryNorm = queryNorm;
    this.keyNorm = keyNorm;
    AttentionShape shape = attention.shape();
    int hiddenSize = query.inputs();
    requireShape("query", query, hiddenSize, shape.queryHeads() * shape.headDim());
    requireShape("key", key, hiddenSize, shape.kvHeads() * shape.headDim());
    requireShape("value", value, hiddenSize, shape.kvHeads() * shape.valueDim());
    requireShape("output", output, shape.queryHeads() * shape.valueDim(), hiddenSize);
  }

  public Attention attention() {
    return attention;
  }

  public int hiddenSize() {
    return query.inputs();
  }

  /** A contiguous cache of this layer. */
  public KvCacheSpec cache(KvFormat precision, int capacity) {
    AttentionShape shape = attention.shape();
    return KvCacheSpec.contiguous(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), precision, capacity);
  }

  /**
   * The same layer with fewer KV heads, whose key and value projections are pooled.
   *
   * @throws io.headroom.UserException if {@code kvHeads} does not divide those of the layer
   */
  public AttentionLayer withKvHeads(int kvHeads, HeadPooling pooling) {
    AttentionShape shape = attention.shape();
    LinearProjection pooledKey = pooling.pool(key, shape.kvHeads(), kvHeads);
    LinearProjection pooledValue = pooling.pool(value, shape.kvHeads(), kvHeads);
    AttentionShape pooled =
        new AttentionShape(shape.queryHeads(), kvHeads, shape.headDim(), shape.valueDim());
    return new AttentionLayer(
        new Attention(pooled, attention.mask(), attention.scale()),
        query,
        pooledKey,
        pooledValue,
        output,
        rotary,
        queryNorm,
        keyNorm);
  }

  /**
   * Runs the layer over positions that follow those in the cache, and appends theirs to it.
   *
   * @param hiddenStates {@code [tokens, hiddenSize]}
   * @param cache one that {@code engine} made for this layer
   * @return {@code [tokens, hiddenSize]}
   */
  public float[] forward(float[] hiddenStates, int tokens, AttentionEngine engine, KvCache cache) {
    AttentionShape shape = attention.shape();
    int position = cache.length();
    HeadTensor queries = heads(query.apply(hiddenStates, tokens), tokens, shape.queryHeads());
    HeadTensor keys = heads(key.apply(hiddenStates, tokens), tokens, shape.kvHeads());
    HeadTensor values = heads(value.apply(hiddenStates, tokens), tokens, shape.kvHeads());
    queryNorm.ifPresent(norm -> norm.normalise(queries));
    keyNorm.ifPresent(norm -> norm.normalise(keys));
    rotary.rotate(queries, position);
    rotary.rotate(keys, position);
    cache.append(keys, values);
    HeadTensor attended = HeadTensor.zeros(shape.queryHeads(), tokens, shape.valueDim());
    engine.attend(attention, queries, cache, attended);
    return output.apply(rows(attended), tokens);
  }

  /** {@code [tokens, heads, dim]} to {@code [heads, tokens, dim]}. */
  private static HeadTensor heads(float[] rows, int tokens, int heads) {
    int dim = rows.length / (tokens * heads);
    HeadTensor tensor = HeadTensor.zeros(heads, tokens, dim);
    for (int token = 0; token < tokens; token++) {
      for (int head = 0; head < heads; head++) {
        System.arraycopy(
            rows, (token * heads + head) * dim, tensor.data(), tensor.row(head, token), dim);
      }
    }
    return tensor;
  }

  /** {@code [heads, tokens, dim]} to {@code [tokens, heads, dim]}. */
  private static float[] rows(HeadTensor tensor) {
    int heads = tensor.heads();
    int dim = tensor.dim();
    float[] rows = new float[heads * tensor.tokens() * dim];
    for (int token = 0; token < tensor.tokens(); token++) {
      for (int head = 0; head < heads; head++) {
        System.arraycopy(
            tensor.data(), tensor.row(head, token), rows, (token * heads + head) * dim, dim);
      }
    }
    return rows;
  }

  private static void requireShape(String name, LinearProjection projection, int in, int out) {
    if (projection.inputs() != in || projection.outputs() != out) {
      throw new IllegalArgumentException(
          "the %s projection must take %d to %d: %d to %d"
              .formatted(name, in, out, projection.inputs(), projection.outputs()));
    }
  }
}
