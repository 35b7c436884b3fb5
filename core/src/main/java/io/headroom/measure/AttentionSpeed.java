package io.headroom.measure;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionWork;
import io.headroom.host.HostProbe;
import java.io.Serializable;
import java.util.List;
import java.util.OptionalLong;

/**
 * How fast the measured layers were, all together, and how near that is to what the host can do.
 *
 * @param prefillGflops 10^9 floating-point operations a second: those of a prompt's attention over
 *     the median of its prefill
 * @param decodeGbps 10^9 bytes a second: the keys and values that the middle one of the decoded
 *     tokens reads, over the median of decode; NaN where nothing was decoded from a cache
 * @param peakGflops of the host, on as many threads
 * @param streamGbps of the host, on as many threads
 */
public record AttentionSpeed(
    double prefillGflops, double decodeGbps, double peakGflops, double streamGbps)
    implements Serializable {

  /**
   * @param prefill with one sample at least
   * @param decode empty where no token was decoded
   * @param prefillFlops {@link #prefillFlops} of the measured layers
   * @param decodeBytes what they keep of {@link #contextTokens}; empty where they recompute it
   */
  public static AttentionSpeed of(
      LatencyHistogram prefill,
      LatencyHistogram decode,
      long prefillFlops,
      OptionalLong decodeBytes,
      HostProbe.Peaks peaks) {
    double prefillGflops = (double) prefillFlops / prefill.p50Nanos().orElseThrow();
    boolean isDecoded = decodeBytes.isPresent() && decode.samples() > 0;
    double decodeGbps =
        isDecoded ? (double) decodeBytes.getAsLong() / decode.p50Nanos().orElseThrow() : Double.NaN;
    return new AttentionSpeed(
        prefillGflops, decodeGbps, peaks.gflops(), peaks.streamGigabytesPerSecond());
  }

  /**
   * Floating-point operations of the attention of a prompt over itself, in all layers, as {@link
   * AttentionWork#flops} counts them.
   */
  public static long prefillFlops(List<Attention> layers, long promptTokens) {
    return layers.stream()
        .mapToLong(layer -> AttentionWork.flops(layer, promptTokens, promptTokens))
        .sum();
  }

  /** Positions in the cache when the middle one of the decoded tokens attends. */
  public static long contextTokens(long promptTokens, long outputTokens) {
    return promptTokens + (outputTokens + 1) / 2;
  }

  /** Of the peak of multiply-adds in registers. */
  public double fractionOfPeak() {
    return prefillGflops / peakGflops;
  }

  /** Of the bandwidth of a streaming read of memory; NaN as {@link #decodeGbps}. */
  public double fractionOfStream() {
    return decodeGbps / streamGbps;
  }
}
