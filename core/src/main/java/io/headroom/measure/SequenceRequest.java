package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import java.util.Optional;

/**
 * What to measure: attention of some layers over one sequence.
 *
 * @param layers measured one after the other, each with a cache of its own
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

  public SequenceRequest {
    layers = List.copyOf(layers);
  }

  public int totalTokens() {
    return Math.addExact(promptTokens, outputTokens);
  }

  /** Why this cannot be measured in a heap of so many bytes, in one line; empty if it can. */
  public Optional<String> tooLargeFor(long heapBytes) {
    for (Attention attention : layers) {
      AttentionShape shape = attention.shape();
      long numbers =
          (long) shape.queryHeads() * Math.max(shape.headDim(), shape.valueDim()) * totalTokens();
      if (numbers > Integer.MAX_VALUE) {
        return Optional.of(
            "%d query heads of %d over %d tokens are more numbers than an array holds"
                .formatted(shape.queryHeads(), shape.headDim(), totalTokens()));
      }
    }
    if (heapBytes() <= USABLE_SHARE * heapBytes) {
      return Optional.empty();
    }
    return Optional.of(
        "needs %.1f GiB of heap, the executor has %.1f GiB"
            .formatted((double) heapBytes() / GIBIBYTE, (double) heapBytes / GIBIBYTE));
  }

  /** The cache of one layer. Without a KV cache the recomputed prefix is kept whole. */
  public KvCacheSpec cache(Attention attention) {
    AttentionShape shape = attention.shape();
    boolean windowed = kvCache && attention.mask().isWindowed();
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
   * Bytes of heap that measuring takes: data, outputs and caches, with room for the engine's
   * scratch memory.
   */
  public long heapBytes() {
    long numbers = 0;
    long cacheBytes = 0;
    for (Attention attention : layers) {
      AttentionShape shape = attention.shape();
      long inputs =
          (long) shape.queryHeads() * shape.headDim()
              + (long) shape.kvHeads() * (shape.headDim() + shape.valueDim());
      long outputs = (long) shape.queryHeads() * shape.valueDim();
      numbers += (inputs + outputs) * totalTokens();
      cacheBytes += cache(attention).bytes(totalTokens());
    }
    // A cache's padding and unquantised tail, and the reference's copy where there is one.
    long copies = verify ? 2 : 1;
    return numbers * Float.BYTES + cacheBytes * 5 / 4 * copies + (64L << 20);
  }
}
