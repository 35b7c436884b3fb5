package io.headroom.attention.vector;

/** Two loops that measure what a core can do, compiled the same way as the attention kernels. */
public final class CalibrationKernels {
  private final Kernels kernels;

  /**
   * @throws io.headroom.UserException if a system property asks for kernels that cannot be had
   */
  public CalibrationKernels() {
    this.kernels = KernelsLadder.kernels();
  }

  /**
   * @param operations floating-point operations done; a fused multiply-add counts as two
   * @param value depends on every operation, so that none can be left out; keep it
   */
  public record MultiplyAdds(long operations, float value) {}

  /** What runs: {@code panama-512-fma}, {@code scalar}. */
  public String detail() {
    return kernels.detail();
  }

  /** Multiply-adds in registers, in enough independent chains to keep every unit busy. */
  public MultiplyAdds multiplyAdds(long rounds) {
    float value = kernels.multiplyAddChains(rounds);
    return new MultiplyAdds(rounds * kernels.operationsPerRound(), value);
  }

  /** Sum of {@code data} from {@code from} to {@code to}, exclusive: a streaming read. */
  public float sum(float[] data, int from, int to) {
    return kernels.sum(data, from, to);
  }
}
