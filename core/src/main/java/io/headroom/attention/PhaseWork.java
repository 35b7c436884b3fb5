package io.headroom.attention;

/**
 * What one phase of attention must do, prefill or a step of decoding; its time is made of these.
 *
 * @param calls of the engine, one a layer
 * @param flops floating-point operations; no long counts those of the longest sequences
 * @param bytes of keys and values that decoding reads, or of all tensors that a prefill moves
 */
public record PhaseWork(double calls, double flops, double bytes) {
  public static final PhaseWork NONE = new PhaseWork(0, 0, 0);

  /**
   * One prefill of a layer.
   *
   * @param tokens queries, and keys
   */
  public static PhaseWork prefill(Attention attention, long tokens) {
    AttentionShape shape = attention.shape();
    double moved =
        Float.BYTES
            * (double) tokens
            * (shape.queryHeads() + shape.kvHeads())
            * (shape.headDim() + shape.valueDim());
    return new PhaseWork(1, AttentionWork.roundedFlops(attention, tokens, tokens), moved);
  }

  /**
   * One step of decoding in a layer: one query.
   *
   * @param tokens that are cached, its own included
   * @param cachedBytes of keys and values of them that the cache holds
   */
  public static PhaseWork decode(Attention attention, long tokens, double cachedBytes) {
    return new PhaseWork(1, AttentionWork.roundedFlops(attention, 1, tokens), cachedBytes);
  }

  public PhaseWork plus(PhaseWork other) {
    return new PhaseWork(calls + other.calls, flops + other.flops, bytes + other.bytes);
  }
}
