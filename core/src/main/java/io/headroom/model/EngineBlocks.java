package io.headroom.model;

import static io.headroom.Rounding.ceilDivide;
import static io.headroom.Rounding.roundUp;

import io.headroom.UserException;
import io.headroom.kvcache.KvFormat;
import java.util.function.ToLongFunction;

/**
 * How serving engines account for one sequence of a model whose cache is kept in blocks of tokens,
 * where that differs from the bytes of what it sees: in layers with a window, and beside states.
 * How many blocks there are in the memory of a GPU depends on more, and is planned elsewhere by the
 * same {@link VllmBlocks}.
 *
 * <p>vLLM's hybrid manager (v1/core/kv_cache_utils.py) keeps of a sliding layer the blocks that the
 * last window touches; where it is off, every layer keeps every position. Beside states the blocks
 * of attention are made so large that a state fits into one, and each state takes one (config.py,
 * HybridAttentionMambaModelConfig). llama.cpp (llama-kv-cache-iswa.cpp) gives a sliding layer cells
 * for the window and one micro-batch, in multiples of 256.
 *
 * @param blockTokens as asked for
 * @param vllmBlockTokens the same, or larger beside states
 * @param vllmBytes what grows with a sequence, with the hybrid manager
 * @param vllmBytesWithoutHybridManager the same without
 * @param vllmStateBytes of the states of a sequence, a block each
 * @param llamaCppBytes what grows with a sequence in llama.cpp
 * @param windowed whether a layer has a window
 */
public record EngineBlocks(
    int blockTokens,
    long vllmBlockTokens,
    long vllmBytes,
    long vllmBytesWithoutHybridManager,
    long vllmStateBytes,
    long llamaCppBytes,
    boolean windowed) {
  public static final int MOST_BLOCK_TOKENS = 1 << 20;

  private static final int LLAMA_CPP_UBATCH_TOKENS = 512;
  private static final int LLAMA_CPP_STEP_CELLS = 256;

  /**
   * @throws UserException if the model cannot be kept in the format
   */
  public static EngineBlocks of(ModelSpec model, long tokens, KvFormat format, int blockTokens) {
    long stateBytes = model.layers().stream().mapToLong(EngineBlocks::stateBytes).max().orElse(0);
    long tokenBytes =
        model.layers().stream()
            .filter(LayerSpec::holdsKv)
            .mapToLong(layer -> bytesOfAToken(layer, format))
            .max()
            .orElse(0);
    boolean padsStates = stateBytes > 0 && tokenBytes > 0;
    long block =
        padsStates
            ? Math.max(
                blockTokens,
                VllmBlocks.pageBesideStates(stateBytes, VllmBlocks.USUAL_TOKENS * tokenBytes)
                    / tokenBytes)
            : blockTokens;
    long states = model.layers().stream().filter(layer -> stateBytes(layer) > 0).count();
    return new EngineBlocks(
        blockTokens,
        block,
        sum(model, layer -> layer.kvBytes(vllmTokens(layer, tokens, block), tokens, format)),
        sum(model, layer -> layer.kvBytes(roundUp(tokens, block), tokens, format)),
        padsStates ? Math.multiplyExact(states, block * tokenBytes) : stateTotal(model),
        sum(model, layer -> layer.kvBytes(llamaCppCells(layer, tokens), tokens, format)),
        model.layers().stream().anyMatch(layer -> layer.holdsKv() && layer.window() > 0));
  }

  /** How many times as much vLLM holds without its hybrid manager. */
  public double factorWithoutHybridManager() {
    return vllmBytes == 0 ? 1 : (double) vllmBytesWithoutHybridManager / vllmBytes;
  }

  /** Whether there is a state that takes a block of attention. */
  public boolean padsStates() {
    return vllmBlockTokens > blockTokens;
  }

  private static long vllmTokens(LayerSpec layer, long tokens, long block) {
    long most = VllmBlocks.reserved(layer.kind(), layer.window(), layer.sinks(), tokens, 0, block);
    return Math.min(roundUp(tokens, block), most * block);
  }

  private static long llamaCppCells(LayerSpec layer, long tokens) {
    long kept =
        layer.window() == 0
            ? tokens
            : Math.min(tokens, (long) layer.window() + LLAMA_CPP_UBATCH_TOKENS);
    return roundUp(kept, LLAMA_CPP_STEP_CELLS);
  }

  private static long bytesOfAToken(LayerSpec layer, KvFormat format) {
    long group = format.groupTokens();
    return ceilDivide(layer.heads().kvBytes(format, group), group);
  }

  private static long stateBytes(LayerSpec layer) {
    return layer.further().state().bytesOnRank(1);
  }

  private static long stateTotal(ModelSpec model) {
    return model.layers().stream().mapToLong(EngineBlocks::stateBytes).sum();
  }

  private static long sum(ModelSpec model, ToLongFunction<LayerSpec> bytes) {
    try {
      return model.layers().stream().mapToLong(bytes).reduce(0, Math::addExact);
    } catch (ArithmeticException e) {
      throw new UserException(
          "%s: KV bytes must stay below 2^63, those of blocks are more".formatted(model.name()), e);
    }
  }
}
