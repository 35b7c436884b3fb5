package io.headroom.peers;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.AttentionWork;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;

/**
 * What every engine is asked to do: causal attention of one layer and one sequence.
 *
 * @param tokens of the prompt in prefill; already cached in decode, whose token comes on top
 * @param precision of the cached keys and values
 */
record Workload(Phase phase, AttentionShape shape, int tokens, KvPrecision precision) {

  /** Such as {@code decode-4096-32q8kv-d128-bf16}. */
  String name() {
    return "%s-%d-%dq%dkv-d%d-%s"
        .formatted(
            phase.label(),
            tokens,
            shape.queryHeads(),
            shape.kvHeads(),
            shape.headDim(),
            precision.label());
  }

  Attention attention() {
    return new Attention(shape, AttentionMask.CAUSAL);
  }

  /** Queries of one sample. */
  int queries() {
    return phase == Phase.PREFILL ? tokens : 1;
  }

  /** Positions that the last query sees. */
  int keys() {
    return phase == Phase.PREFILL ? tokens : tokens + 1;
  }

  /** Positions that are in the cache before a sample begins. */
  int cachedKeys() {
    return keys() - queries();
  }

  KvCacheSpec cacheSpec() {
    return KvCacheSpec.contiguous(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), precision, keys());
  }

  long flops() {
    return AttentionWork.flops(attention(), queries(), keys());
  }

  /** Bytes of the keys and values, scales included, that a sample must read once. */
  long kvBytes() {
    return cacheSpec().bytes(keys());
  }

  /** Whether both are computed from the same float32 numbers. */
  boolean sharesDataWith(Workload other) {
    return phase == other.phase && shape.equals(other.shape) && tokens == other.tokens;
  }

  /**
   * The most memory that the engines need at once, roughly: float32 numbers on the heap and outside
   * it, a cache each of this engine and of ND4J, and one key and value head per query head where a
   * library wants them.
   */
  long memoryBytes() {
    long oneKvHead = (long) keys() * (shape.headDim() + shape.valueDim()) * Float.BYTES;
    long expanded = shape.groupSize() > 1 ? shape.queryHeads() * oneKvHead : 0;
    return 4L * shape.kvHeads() * oneKvHead + expanded;
  }
}
