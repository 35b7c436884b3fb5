package io.headroom.plan.accelerator;

import java.util.List;

/** Calls of kernels by what they work on, in the order of the columns of their families. */
public final class KernelCalls {
  private KernelCalls() {}

  /**
   * One new token of each sequence.
   *
   * @param texts kernel and type of the cache
   * @param length positions that are kept of a sequence, the new one included
   * @param window 0: none
   */
  public static KernelCall decode(
      List<String> texts,
      double sequences,
      double queryHeads,
      double kvHeads,
      double headDim,
      double length,
      double window) {
    return new KernelCall(texts, sequences, queryHeads, kvHeads, headDim, length, 0, window);
  }

  /**
   * Whole prompts of one length.
   *
   * @param texts kernel and type of the cache
   * @param window 0: none
   */
  public static KernelCall prefill(
      List<String> texts,
      double sequences,
      double tokens,
      double queryHeads,
      double kvHeads,
      double headDim,
      double window) {
    return new KernelCall(texts, sequences, tokens, queryHeads, kvHeads, headDim, window);
  }

  /**
   * A product of {@code [m, k]} with weights {@code [n, k]}.
   *
   * @param texts kernel and type of the weights
   */
  public static KernelCall gemm(List<String> texts, double m, double n, double k) {
    return new KernelCall(texts, m, n, k);
  }

  /**
   * The routed experts of a layer.
   *
   * @param texts kernel, type of the weights and distribution of the tokens
   * @param tokens of all ranks, before they are routed
   * @param inner width of one expert on all ranks
   */
  public static KernelCall moe(
      List<String> texts,
      double tokens,
      double hidden,
      double inner,
      double choices,
      double experts,
      double tensorParallel,
      double expertParallel) {
    return new KernelCall(
        texts, tokens, hidden, inner, choices, experts, tensorParallel, expertParallel);
  }

  /**
   * Latent attention: one new token of each sequence after {@code length}, or whole prompts.
   *
   * @param texts kernel, type of the cache and of the weights
   * @param heads of the rank
   */
  public static KernelCall latent(
      List<String> texts, double sequences, double heads, double length, double tensorParallel) {
    return new KernelCall(texts, sequences, heads, length, 0, tensorParallel);
  }

  /**
   * All-reduce, or another operation of several accelerators.
   *
   * @param texts how or what, and the type of the elements
   */
  public static KernelCall collective(List<String> texts, double accelerators, double elements) {
    return new KernelCall(texts, accelerators, elements);
  }
}
