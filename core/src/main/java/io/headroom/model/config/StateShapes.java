package io.headroom.model.config;

import io.headroom.model.FixedState;
import io.headroom.model.FixedState.Part;

/**
 * The states of recurrent layers, as engines keep them for one sequence (MambaStateShapeCalculator
 * of vllm/model_executor/layers/mamba/mamba_utils.py in github.com/vllm-project/vllm). A
 * convolution over {@code kernel} positions keeps the {@code kernel - 1} before the next.
 */
final class StateShapes {
  private StateShapes() {}

  /** Mamba (arXiv 2312.00752): every channel has a convolution and {@code stateSize} numbers. */
  static FixedState mamba(int channels, int stateSize, int kernel, int convBytes, int stateBytes) {
    return FixedState.of(
        new Part(channels, (long) (kernel - 1) * convBytes + (long) stateSize * stateBytes));
  }

  /**
   * Mamba-2 (arXiv 2405.21060): a head keeps {@code headDim x stateSize} numbers; the convolution
   * runs over its channels and over the two projections of every group.
   */
  static FixedState mamba2(
      int heads,
      int headDim,
      int groups,
      int stateSize,
      int kernel,
      int convBytes,
      int stateBytes) {
    long past = (long) (kernel - 1) * convBytes;
    return FixedState.of(
        new Part(heads, headDim * past + (long) headDim * stateSize * stateBytes),
        new Part(groups, 2L * stateSize * past));
  }

  /**
   * Gated delta rule (arXiv 2412.06464): a value head keeps {@code keyDim x valueDim} numbers; the
   * convolution runs over queries, keys and values.
   */
  static FixedState gatedDelta(
      int keyHeads,
      int keyDim,
      int valueHeads,
      int valueDim,
      int kernel,
      int convBytes,
      int stateBytes) {
    long past = (long) (kernel - 1) * convBytes;
    return FixedState.of(
        new Part(valueHeads, valueDim * past + (long) keyDim * valueDim * stateBytes),
        new Part(keyHeads, 2L * keyDim * past));
  }

  /** Kimi delta attention (arXiv 2510.26692): as the gated delta rule, with equal heads. */
  static FixedState kimiDelta(int heads, int headDim, int kernel, int convBytes, int stateBytes) {
    return gatedDelta(heads, headDim, heads, headDim, kernel, convBytes, stateBytes);
  }

  /** Lightning attention (arXiv 2401.04658): a head keeps {@code headDim x headDim} numbers. */
  static FixedState lightning(int heads, int headDim, int stateBytes) {
    return FixedState.of(new Part(heads, (long) headDim * headDim * stateBytes));
  }

  /** A gated convolution without a recurrence. */
  static FixedState shortConvolution(int channels, int kernel, int convBytes) {
    return FixedState.of(new Part(channels, (long) (kernel - 1) * convBytes));
  }

  /** RG-LRU (arXiv 2402.19427): every channel has a convolution and one number. */
  static FixedState gatedRecurrence(int channels, int kernel, int convBytes, int stateBytes) {
    return FixedState.of(new Part(channels, (long) (kernel - 1) * convBytes + stateBytes));
  }
}
