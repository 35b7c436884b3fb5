package io.headroom.attention.vector;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionChecks;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.SlicePositions;
import io.headroom.attention.Visibility;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.tiled.TiledKvCache;
import java.util.Arrays;
import java.util.Optional;

/**
 * Fused attention in float32: scores, online softmax and weighted values tile by tile, never a
 * score matrix (FlashAttention, arXiv 2205.14135). The rows of all query heads that share a KV head
 * are worked on together, so every key and value is read once for the whole group.
 *
 * <p>The same queries, cache and thread count give the same bits. Runs on the Vector API where the
 * JVM offers it; the system properties {@code headroom.kernels} ({@code scalar}, {@code panama})
 * and {@code headroom.vector.bits} (128, 256, 512) force a choice.
 */
public final class VectorAttentionEngine implements AttentionEngine {
  /** Rows of a block in prefill: scores, queries and outputs of so many stay in the caches. */
  private static final int BLOCK_ROWS = 48;

  private final Kernels kernels;
  private final int threads;
  private final WorkerPool pool;
  private final AttentionWorker[] workers;
  private RowBlock[] slices = {};

  /**
   * @param threads threads that compute, the calling one included; at least 1
   * @throws io.headroom.UserException if a system property asks for kernels that cannot be had
   */
  public VectorAttentionEngine(int threads) {
    this(threads, KernelsLadder.kernels());
  }

  VectorAttentionEngine(int threads, Kernels kernels) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
    this.kernels = kernels;
    this.threads = threads;
    this.pool = new WorkerPool(threads);
    this.workers = new AttentionWorker[threads];
    Arrays.setAll(workers, i -> new AttentionWorker(kernels));
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public String detail() {
    return kernels.detail();
  }

  /**
   * Every shape, mask and {@link io.headroom.kvcache.KvPrecision} runs, as long as a KV head fits
   * into an array.
   */
  @Override
  public Optional<String> unsupported(Attention attention, KvCacheSpec cache) {
    return TiledKvCache.unsupported(cache);
  }

  @Override
  public EngineMemory cacheMemory(KvCacheSpec spec) {
    return new EngineMemory(TiledKvCache.heapBytes(spec), 0);
  }

  /** The memory of every thread, and of as many slices of a unit as there may be. */
  @Override
  public EngineMemory scratchMemory(Attention attention, KvCacheSpec cache, int queries) {
    AttentionShape shape = attention.shape();
    int rows = Math.max(BLOCK_ROWS, shape.groupSize());
    int valueColumns = (shape.valueDim() + RowBlock.TILE - 1) / RowBlock.TILE * RowBlock.TILE;
    long blockBytes =
        ScratchMemory.heapBytes(RowBlock.mostNumbers(rows, shape.headDim(), valueColumns));
    long wideBytes =
        ScratchMemory.heapBytes((long) Math.max(shape.headDim(), RowBlock.TILE) * RowBlock.TILE);
    long workerBytes = blockBytes + wideBytes + ScratchMemory.heapBytes(Kernels.SCRATCH_LENGTH);
    long mostSlices = 2L * threads;
    return new EngineMemory(threads * workerBytes + mostSlices * blockBytes, 0);
  }

  @Override
  public TiledKvCache newCache(KvCacheSpec spec) {
    return new TiledKvCache(spec);
  }

  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    AttentionChecks.requireFit(attention, queries, cache, output);
    int tokens = queries.tokens();
    Visibility visible = Visibility.ofLast(attention.mask(), cache.length(), tokens);
    attend(attention, queries, visible, tiles(cache), output, PartialAttention.NO_SUMS);
  }

  @Override
  public void attendSlice(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial) {
    AttentionChecks.requireFit(attention, queries, positions, cache, partial);
    Visibility visible = Visibility.ofSlice(attention.mask(), cache.length(), positions);
    attend(attention, queries, visible, tiles(cache), partial.output(), partial.logSumExps());
  }

  private static TiledKvCache tiles(KvCache cache) {
    if (cache instanceof TiledKvCache tiles) {
      return tiles;
    }
    throw new IllegalArgumentException(
        "the vector engine reads its own caches only, not a " + cache.getClass().getSimpleName());
  }

  private void attend(
      Attention attention,
      HeadTensor queries,
      Visibility visible,
      TiledKvCache tiles,
      HeadTensor output,
      double[] logSumExps) {
    int tokens = queries.tokens();
    if (tokens == 0) {
      return;
    }
    requireKept(visible, tokens, tiles);
    int group = attention.shape().groupSize();
    // Rows of one token see the same keys: a NaN among the values cannot leak to another token.
    int tokensPerBlock = tiles.isFinite() ? Math.max(1, BLOCK_ROWS / group) : 1;
    int blocks = (tokens + tokensPerBlock - 1) / tokensPerBlock;
    int units = attention.shape().kvHeads() * blocks;
    int slicesPerUnit =
        units >= threads || tiles.tiles() == 0
            ? 1
            : Math.min(tiles.tiles(), (threads + units - 1) / units);
    AttentionJob job =
        new AttentionJob(
            attention,
            queries,
            tiles,
            output,
            logSumExps,
            visible,
            tokensPerBlock,
            blocks,
            slicesPerUnit);
    if (slicesPerUnit == 1) {
      pool.run((unit, worker) -> job.attend(unit, workers[worker]), units);
      return;
    }
    reserveSlices(units * slicesPerUnit);
    pool.run(
        (slice, worker) -> job.attendSlice(slice, workers[worker], slices[slice]),
        units * slicesPerUnit);
    for (int unit = 0; unit < units; unit++) {
      job.merge(unit, slices);
    }
  }

  private static void requireKept(Visibility visible, int tokens, TiledKvCache cache) {
    int last = tokens - 1;
    boolean kept =
        cache.keeps(visible.from(0), visible.to(last)) && cache.keeps(0, visible.sinksTo(last));
    if (!kept) {
      throw new IllegalArgumentException(
          "the cache no longer holds position %d or the %d sinks, which the first query sees"
              .formatted(visible.from(0), visible.mask().sinks()));
    }
  }

  private void reserveSlices(int count) {
    int before = slices.length;
    if (count > before) {
      RowBlock[] more = Arrays.copyOf(slices, count);
      for (int i = before; i < count; i++) {
        more[i] = new RowBlock(kernels);
      }
      slices = more;
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
