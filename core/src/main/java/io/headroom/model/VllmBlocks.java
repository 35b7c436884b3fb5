package io.headroom.model;

import static io.headroom.Rounding.ceilDivide;
import static io.headroom.Rounding.roundUp;

/**
 * How many blocks of tokens vLLM takes for a layer of a sequence, and how large the block of a
 * state is, whether one sequence is counted or a pool is cut (v1/kv_cache_interface.py and
 * model_executor/models/config.py of github.com/vllm-project/vllm).
 */
public final class VllmBlocks {
  /** Tokens of a block where nothing asks for more, and by which blocks are enlarged. */
  public static final int USUAL_TOKENS = 16;

  private VllmBlocks() {}

  /**
   * The most blocks that a layer of one sequence holds at once: of a sliding layer those that the
   * last window and the tokens of a step touch, the first and the last perhaps in part.
   *
   * @param length positions of the sequence
   * @param stepTokens that a step adds at most; 0 between steps
   * @param blockTokens tokens of a block
   */
  public static long reserved(
      LayerKind kind, int window, int sinks, long length, long stepTokens, long blockTokens) {
    return switch (kind) {
      case LINEAR -> 1;
      case SLIDING ->
          ceilDivide(Math.min(window - 1L + sinks + stepTokens, length), blockTokens) + 1;
      case CHUNKED -> ceilDivide(Math.min(window + stepTokens, length), blockTokens);
      case FULL, SHARED, CROSS -> ceilDivide(length, blockTokens);
    };
  }

  /**
   * Bytes of a page of attention beside states, each of which takes one as a whole
   * (HybridAttentionMambaModelConfig).
   *
   * @param usualPageBytes of {@link #USUAL_TOKENS} tokens of the layer that keeps most of a token
   */
  public static long pageBesideStates(long stateBytes, long usualPageBytes) {
    return roundUp(stateBytes, usualPageBytes);
  }
}
