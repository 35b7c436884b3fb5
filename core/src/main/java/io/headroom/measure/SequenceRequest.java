package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
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
    KvFormat precision,
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

  /** Histograms, and whatever else does not grow with the sequence. */
  private static final long SMALL_OBJECTS_BYTES = 4L << 20;

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

  /**
   * Why no memory would be enough to measure this with the engine, or why the engine does not
   * support it, in one line; empty if it can be measured.
   */
  public Optional<String> unsupportedBy(AttentionEngine engine) {
    for (Attention attention : layers) {
      AttentionShape shape = attention.shape();
      int dim = Math.max(shape.headDim(), shape.valueDim());
      if ((long) shape.queryHeads() * dim * totalTokens() > HeapArrays.LONGEST) {
        return Optional.of(
            "%d query heads of %d over %d tokens are more numbers than an array holds"
                .formatted(shape.queryHeads(), dim, totalTokens()));
      }
      Optional<String> reason = engine.unsupported(attention, cache(attention));
      if (reason.isPresent()) {
        return reason;
      }
    }
    return Optional.empty();
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
   * Memory that measuring takes at most: data, outputs, caches, the engine's scratch memory, and
   * what verification keeps.
   */
  public EngineMemory memory(AttentionEngine engine) {
    EngineMemory memory = new EngineMemory(SMALL_OBJECTS_BYTES, 0);
    EngineMemory scratch = EngineMemory.NONE;
    int queries = kvCache ? promptTokens : totalTokens();
    Set<Attention> data = new HashSet<>();
    for (Attention attention : layers) {
      AttentionShape shape = attention.shape();
      if (data.add(SequenceTensors.keyOf(attention))) {
        memory = memory.plus(tensor(shape.queryHeads(), shape.headDim()));
        memory = memory.plus(tensor(shape.kvHeads(), shape.headDim()));
        memory = memory.plus(tensor(shape.kvHeads(), shape.valueDim()));
      }
      memory = memory.plus(tensor(shape.queryHeads(), shape.valueDim()));
      memory = memory.plus(engine.cacheMemory(cache(attention)));
      scratch = scratch.or(engine.scratchMemory(attention, cache(attention), queries));
    }
    if (verify) {
      memory = memory.plus(OutputVerification.memory(layers.get(0), totalTokens()));
    }
    return memory.plus(scratch);
  }

  private EngineMemory tensor(int heads, int dim) {
    return new EngineMemory(HeapArrays.bytes((long) heads * dim * totalTokens(), Float.BYTES), 0);
  }
}
