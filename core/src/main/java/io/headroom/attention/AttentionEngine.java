package io.headroom.attention;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import java.util.Optional;

/**
 * Computes attention over a key-value cache. Prefill and decode are one operation: append the new
 * positions' keys and values, then {@link #attend} with their queries, be they one or thousands.
 *
 * <p>An engine keeps its scratch memory between calls and serves one calling thread at a time; it
 * may use worker threads of its own.
 */
public interface AttentionEngine extends AutoCloseable {

  /** The name in configurations and rows: {@code vector}, {@code nd4j}, {@code reference}. */
  String name();

  /** What runs underneath, such as {@code panama-512-fma} or {@code openblas-0.3.31}. */
  String detail();

  /**
   * Why this engine cannot run {@code attention} over such a cache, in one line; empty if it can.
   */
  Optional<String> unsupported(Attention attention, KvCacheSpec cache);

  /**
   * Why engines like this one cannot compute at the same time in one process, each on threads of
   * its own, in one line; empty if they can.
   */
  default Optional<String> unsupportedSideBySide() {
    return Optional.empty();
  }

  /** An empty cache in the layout that this engine reads; {@link #attend} takes no other. */
  KvCache newCache(KvCacheSpec spec);

  /**
   * Memory that {@link #newCache} takes at most. As it stands here: float32 of every position, in
   * two arrays on the heap.
   */
  default EngineMemory cacheMemory(KvCacheSpec spec) {
    long rows = (long) spec.kvHeads() * spec.capacity();
    long keyBytes = HeapArrays.bytes(rows * spec.keyDim(), Float.BYTES);
    long valueBytes = HeapArrays.bytes(rows * spec.valueDim(), Float.BYTES);
    return new EngineMemory(keyBytes + valueBytes, 0);
  }

  /**
   * Scratch memory that {@link #attend} and {@link #attendSlice} take at most beside cache, queries
   * and output, whether it is kept between calls or not; none, as it stands here.
   *
   * @param queries tokens of a call
   */
  default EngineMemory scratchMemory(Attention attention, KvCacheSpec cache, int queries) {
    return EngineMemory.NONE;
  }

  /**
   * Bytes outside the heap that the engine may take now; {@link Long#MAX_VALUE} where it takes
   * none.
   *
   * @param heapBytes that the process is going to take of its heap meanwhile
   */
  default long freeNativeBytes(long heapBytes) {
    return Long.MAX_VALUE;
  }

  /**
   * Attention of queries over all positions of the cache that the mask lets them see. The queries
   * are the last positions of the cache. Without a causal mask and without a window their positions
   * do not matter, and there may be more queries than keys (cross-attention). A query that sees no
   * key at all gets zeros.
   *
   * @param queries {@code [queryHeads, tokens, headDim]}
   * @param output {@code [queryHeads, tokens, valueDim]}, overwritten; must not share memory with
   *     the queries
   * @throws IllegalArgumentException if shapes do not fit together, the cache is empty or another
   *     engine's, the mask is causal or windowed and there are more queries than cached positions,
   *     or a windowed cache no longer holds what the mask lets the first query see
   * @throws AttentionInterruptedException if the calling thread is interrupted before the work is
   *     done; no thread works on it any more then, the flag stays set, the output is undefined, and
   *     engine and cache can be used again
   */
  void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output);

  /**
   * Attention of queries at given positions over a cache that holds a slice of their sequence, or
   * all of it. Its output is normalised over the keys that are there; merging the partial results
   * of all slices of a sequence gives what {@link #attend} gives over the whole. A query that sees
   * no key of the slice, such as one before it, gets an empty row, and so does every query of an
   * empty cache.
   *
   * @param queries {@code [queryHeads, tokens, headDim]}, neighbours in the sequence
   * @param positions in the sequence, of the first query and of the first key of the cache; where
   *     the cache keeps sinks of its own, they are the first positions of the slice
   * @param partial its {@code [queryHeads, tokens]} rows are overwritten; must not share memory
   *     with the queries
   * @throws IllegalArgumentException if shapes do not fit together, the cache is another engine's
   *     or no longer holds what the mask lets a query see of the slice, or a position is above
   *     {@link Integer#MAX_VALUE}
   * @throws AttentionInterruptedException as {@link #attend} does
   */
  void attendSlice(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial);

  @Override
  void close();
}
