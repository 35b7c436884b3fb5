package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.AttentionWork;
import io.headroom.attention.PhaseWork;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * What measuring one sequence must do.
 *
 * @param outputTokens steps of decoding in one pass
 * @param kvCache whether a step of decoding reads a cache; otherwise it is a prefill
 * @param prefill one prefill of the prompt
 * @param decode one step of decoding, in the middle of the output
 * @param numbers of the sequence's tensors, which are made first
 * @param comparedFlops operations of the reference engine, where the output is verified
 */
public record SequenceWork(
    int outputTokens,
    boolean kvCache,
    PhaseWork prefill,
    PhaseWork decode,
    double numbers,
    double comparedFlops) {

  /**
   * A layer that is measured.
   *
   * @param cachedBytes of its keys and values when so many tokens are cached
   */
  public record Layer(Attention attention, LongToDoubleFunction cachedBytes) {}

  /**
   * @param layers measured one after the other; the first is the one that is verified
   * @param kvCache as {@link SequenceRequest} has it, like the numbers of tokens
   */
  public static SequenceWork of(
      List<Layer> layers, boolean kvCache, int promptTokens, int outputTokens) {
    long middle = Math.max(1, (long) promptTokens + outputTokens / 2);
    long totalTokens = (long) promptTokens + outputTokens;
    return new SequenceWork(
        outputTokens,
        kvCache,
        prefill(layers, promptTokens),
        decode(layers, kvCache, middle),
        layers.stream().mapToDouble(SequenceWork::numbersPerToken).sum() * totalTokens,
        comparedFlops(layers.get(0).attention(), middle, totalTokens));
  }

  /** One prefill of so many tokens through the layers. */
  public static PhaseWork prefill(List<Layer> layers, long tokens) {
    return layers.stream()
        .map(layer -> PhaseWork.prefill(layer.attention(), tokens))
        .reduce(PhaseWork.NONE, PhaseWork::plus);
  }

  /** One step of decoding through the layers when so many tokens are there. */
  public static PhaseWork decode(List<Layer> layers, boolean kvCache, long tokens) {
    if (!kvCache) {
      return prefill(layers, tokens);
    }
    return layers.stream()
        .map(
            layer ->
                PhaseWork.decode(
                    layer.attention(), tokens, layer.cachedBytes().applyAsDouble(tokens)))
        .reduce(PhaseWork.NONE, PhaseWork::plus);
  }

  private static double numbersPerToken(Layer layer) {
    AttentionShape shape = layer.attention().shape();
    return shape.queryHeads() * (double) shape.headDim()
        + shape.kvHeads() * ((double) shape.headDim() + shape.valueDim());
  }

  /** Positions of prompt and output, and the keys and values that the reference is given. */
  private static double comparedFlops(Attention attention, long middle, long totalTokens) {
    AttentionShape shape = attention.shape();
    return 2.0
            * OutputVerification.MOST_POSITIONS
            * AttentionWork.roundedFlops(attention, 1, middle)
        + 2.0 * shape.kvHeads() * shape.headDim() * totalTokens;
  }
}
