package io.headroom.jobs.sweep.cost;

/**
 * What one phase of attention must do; its time is made of these.
 *
 * @param calls of the engine, one a layer
 * @param flops floating-point operations; no long counts those of the longest sequences
 * @param bytes of keys and values that decoding reads, or of all tensors that a prefill moves
 */
record Work(double calls, double flops, double bytes) {
  static final Work NONE = new Work(0, 0, 0);

  Work plus(Work other) {
    return new Work(calls + other.calls, flops + other.flops, bytes + other.bytes);
  }
}
