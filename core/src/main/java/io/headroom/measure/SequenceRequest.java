package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvBytes;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.TiledKvCache;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to measure: attention of some layers over one sequence.
 *
 * @param layers measured one after the other, each with a cache of its own; causal, since outputs
 *     of the prompt must not change with what is decoded later
 * @param precision how their caches keep the numbers
 * @param kvCache true: decode on the cache; false: recompute all positions for every token
 * @param promptTokens positions that are prefilled, at least 1
 * @param outputTokens positions that are decoded after them, at least 0
 * @param seed decides the data
 * @param threads the engine's threads, for the processor time a wall-clock second may have
 * @param minSamples the fewest samples of prefill, and of decode steps, that the budget allows
 * @param budgetNanos time after which no new sample is begun; each phase has one at least
 * @param verify whether to compare the output with the reference engine's
 */
public record SequenceRequest(
    List<Attention> layers,
    KvPrecision precision,
    boolean kvCache,
    int promptTokens,
    int outputTokens,
    long seed,
    int threads,
    int minSamples,
    long budgetNanos,
    boolean verify) {

  /** Pieces in which a windowed cache is prefilled. */
  private static final int PREFILL_PIECE = 256;

  private static final double USABLE_SHARE = 0.85;
  private static final long GIBIBYTE = 1L << 30;
  private static final long SCRATCH_BYTES = 64L << 20;

  public SequenceRequest {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || !layers.stream().allMatch(layer -> layer.mask().causal())) {
      throw new IllegalArgumentException("layers must be causal, and at least 1: " + layers);
    }
    requireAtLeast("promptTokens", promptTokens, 1);
    requireAtLeast("outputTokens", outputTokens, 0);
    requireAtLeast("threads", threads, 1);
    requireAtLeast("minSamples", minSamples, 1);
    if ((long) promptTokens + outputTokens > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "promptTokens and outputTokens must be at most %d together: %d and %d"
              .formatted(Integer.MAX_VALUE, promptTokens, outputTokens));
    }
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
  }

  /** The same with at most so many prompt and output tokens, not verified. */
  public SequenceRequest shortened(int mostPromptTokens, int mostOutputTokens) {
    return new SequenceRequest(
        layers,
        precision,
        kvCache,
        Math.min(promptTokens, mostPromptTokens),
        Math.min(outputTokens, mostOutputTokens),
        seed,
        threads,
        minSamples,
        budgetNanos,
        false);
  }

  public int totalTokens() {
    return promptTokens + outputTokens;
  }

  /** Why this cannot be measured in a heap of so many bytes, in one line; empty if it can. */
  public Optional<String> tooLargeFor(long heapBytes) {
    for (Attention attention : layers) {
      AttentionShape shape = attention.shape();
      int dim = Math.max(shape.headDim(), shape.valueDim());
      if ((long) shape.queryHeads() * dim > Integer.MAX_VALUE / totalTokens()) {
        return Optional.of(
            "%d query heads of %d over %d tokens are more numbers than an array holds"
                .formatted(shape.queryHeads(), dim, totalTokens()));
      }
    }
    if (heapBytes() <= USABLE_SHARE * heapBytes) {
      return Optional.empty();
    }
    return Optional.of(
        "needs %.1f GiB of heap, the executor has %.1f GiB"
            .formatted((double) heapBytes() / GIBIBYTE, (double) heapBytes / GIBIBYTE));
  }

  /**
   * The cache of one layer. A window that hides nothing is none. Without a KV cache the recomputed
   * prefix is kept whole.
   */
  public KvCacheSpec cache(Attention attention) {
    AttentionShape shape = attention.shape();
    boolean windowed =
        kvCache && attention.mask().isWindowed() && attention.mask().window() < totalTokens();
    return new KvCacheSpec(
        shape.kvHeads(),
        shape.headDim(),
        shape.valueDim(),
        precision,
        totalTokens(),
        windowed ? attention.mask().window() : 0,
        windowed ? attention.mask().sinks() : 0,
        windowed ? Math.max(PREFILL_PIECE - 1, outputTokens) : 0);
  }

  /**
   * Bytes of heap that measuring takes at most, whatever the engine: data, outputs and caches, with
   * room for the engine's scratch memory.
   */
  public long heapBytes() {
    long numbers = 0;
    long cacheBytes = 0;
    Set<Attention> data = new HashSet<>();
    for (Attention attention : layers) {
      AttentionShape shape = attention.shape();
      if (data.add(SequenceTensors.keyOf(attention))) {
        numbers += (long) shape.queryHeads() * shape.headDim() + keyValueNumbers(shape);
      }
      numbers += (long) shape.queryHeads() * shape.valueDim();
      cacheBytes += cacheBytes(shape);
    }
    if (verify) {
      // The reference keeps the first layer's keys and values once more, as float32.
      numbers += keyValueNumbers(layers.get(0).shape());
    }
    return numbers * totalTokens() * Float.BYTES + cacheBytes + SCRATCH_BYTES;
  }

  private static long keyValueNumbers(AttentionShape shape) {
    return (long) shape.kvHeads() * (shape.headDim() + shape.valueDim());
  }

  /**
   * Whole tiles of every position, and the one that is not quantised yet. Engines need not make use
   * of a window, and those that do keep less.
   */
  private long cacheBytes(AttentionShape shape) {
    int valueColumns = (int) wholeTiles(shape.valueDim());
    long tokens = wholeTiles(totalTokens());
    long bytes = KvBytes.of(shape.kvHeads(), shape.headDim(), valueColumns, precision, tokens);
    long recentNumbers =
        (long) shape.kvHeads() * TiledKvCache.TILE * (shape.headDim() + valueColumns);
    return precision.isQuantised() ? bytes + recentNumbers * Float.BYTES : bytes;
  }

  private static long wholeTiles(long number) {
    return (number + TiledKvCache.TILE - 1) / TiledKvCache.TILE * TiledKvCache.TILE;
  }
}
