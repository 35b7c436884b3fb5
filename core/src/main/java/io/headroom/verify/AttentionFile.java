package io.headroom.verify;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.HuggingFaceConfig;
import io.headroom.tensors.SafetensorsFile;
import io.headroom.tensors.TensorReader;
import io.headroom.tensors.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Attention alone: tensors {@value #QUERY}, {@value #KEY}, {@value #VALUE} and {@value #OUTPUT},
 * each {@code [batch, heads, sequence, head_dim]}, and the mask in the metadata. The queries are
 * the last positions of the keys.
 *
 * @param queries {@code [batch, queryHeads, queryTokens, headDim]}
 * @param keys {@code [batch, kvHeads, keyTokens, headDim]}
 * @param values {@code [batch, kvHeads, keyTokens, valueDim]}
 * @param expected {@code [batch, queryHeads, queryTokens, valueDim]}
 */
record AttentionFile(
    Attention attention,
    int batch,
    int queryTokens,
    int keyTokens,
    float[] queries,
    float[] keys,
    float[] values,
    double[] expected,
    TensorType expectedType)
    implements TensorCase {
  static final String QUERY = "query";
  private static final String KEY = "key";
  private static final String VALUE = "value";
  private static final String OUTPUT = "output";
  private static final String LAYOUT = "batch,heads,sequence,head_dim";

  static AttentionFile read(SafetensorsFile file) {
    TensorReader reader = new TensorReader(file);
    reader.requireOnly(List.of(QUERY, KEY, VALUE, OUTPUT));
    int[] query = reader.shape(QUERY, LAYOUT);
    int[] key = reader.shape(KEY, LAYOUT);
    int[] value = reader.shape(VALUE, LAYOUT);
    int[] output = reader.shape(OUTPUT, LAYOUT);
    if (key[0] != query[0] || query[1] % key[1] != 0 || key[3] != query[3]) {
      throw reader.wrongShape(
          KEY,
          "[%d, a divisor of %d, keys, %d] as query is".formatted(query[0], query[1], query[3]));
    }
    if (value[0] != key[0] || value[1] != key[1] || value[2] != key[2]) {
      throw reader.wrongShape(
          VALUE, "[%d, %d, %d, value dim] as key is".formatted(key[0], key[1], key[2]));
    }
    if (output[0] != query[0]
        || output[1] != query[1]
        || output[2] != query[2]
        || output[3] != value[3]) {
      throw reader.wrongShape(
          OUTPUT,
          "[%d, %d, %d, %d] as query and value are"
              .formatted(query[0], query[1], query[2], value[3]));
    }
    requireMostChannels(reader, query, value);
    requireMemory(reader, query, key, value);
    AttentionMask mask = mask(reader);
    if ((mask.causal() || mask.isWindowed()) && query[2] > key[2]) {
      throw reader.wrongShape(
          QUERY,
          "of at most %d positions, as many as key has, where a mask is causal or windowed"
              .formatted(key[2]));
    }
    AttentionShape shape = new AttentionShape(query[1], key[1], query[3], value[3]);
    float scale = (float) reader.positiveNumber("softmax_scale").orElse(shape.defaultScale());
    return new AttentionFile(
        new Attention(shape, mask, scale),
        query[0],
        query[2],
        key[2],
        reader.floats(QUERY),
        reader.floats(KEY),
        reader.floats(VALUE),
        reader.doubles(OUTPUT),
        file.tensors().get(OUTPUT).type());
  }

  private static void requireMostChannels(TensorReader reader, int[] query, int[] value) {
    String allowed =
        "of at most %d heads and %d channels"
            .formatted(HuggingFaceConfig.MOST_HEADS, HuggingFaceConfig.MOST_HEAD_DIM);
    if (query[1] > HuggingFaceConfig.MOST_HEADS || query[3] > HuggingFaceConfig.MOST_HEAD_DIM) {
      throw reader.wrongShape(QUERY, allowed);
    }
    if (value[3] > HuggingFaceConfig.MOST_HEAD_DIM) {
      throw reader.wrongShape(VALUE, allowed);
    }
  }

  /** What is read, and the cache of one item of the batch, whose tiles are padded. */
  private static void requireMemory(TensorReader reader, int[] query, int[] key, int[] value) {
    double queries = numbers(query);
    double outputs = queries / query[3] * value[3];
    double read =
        Float.BYTES * (queries + numbers(key) + numbers(value)) + 2 * Double.BYTES * outputs;
    reader.requireMemory(
        read + CacheMemory.bytes(key[1], key[2], key[3], value[3]) + Float.BYTES * outputs);
  }

  private static double numbers(int[] shape) {
    return (double) shape[0] * shape[1] * shape[2] * shape[3];
  }

  private static AttentionMask mask(TensorReader reader) {
    boolean causal = reader.flag("causal");
    int window = reader.count("window");
    int sinks = reader.count("sinks");
    if (window == 0 && sinks > 0) {
      throw reader.wrongMetadata("sinks", "0 without a window");
    }
    return new AttentionMask(causal, window, sinks);
  }

  @Override
  public Optional<String> unsupported(AttentionEngine engine) {
    return engine.unsupported(attention, cache());
  }

  @Override
  public float[] run(AttentionEngine engine) {
    AttentionShape shape = attention.shape();
    int querySize = shape.queryHeads() * queryTokens * shape.headDim();
    int keySize = shape.kvHeads() * keyTokens * shape.headDim();
    int valueSize = shape.kvHeads() * keyTokens * shape.valueDim();
    int outputSize = shape.queryHeads() * queryTokens * shape.valueDim();
    float[] output = new float[batch * outputSize];
    for (int item = 0; item < batch; item++) {
      try (KvCache cache = engine.newCache(cache())) {
        cache.append(
            HeadTensor.at(keys, item * keySize, shape.kvHeads(), keyTokens, shape.headDim()),
            HeadTensor.at(values, item * valueSize, shape.kvHeads(), keyTokens, shape.valueDim()));
        engine.attend(
            attention,
            HeadTensor.at(
                queries, item * querySize, shape.queryHeads(), queryTokens, shape.headDim()),
            cache,
            HeadTensor.at(
                output, item * outputSize, shape.queryHeads(), queryTokens, shape.valueDim()));
      }
    }
    return output;
  }

  private KvCacheSpec cache() {
    AttentionShape shape = attention.shape();
    return KvCacheSpec.contiguous(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), KvPrecision.F32, keyTokens);
  }
}
