package io.headroom.measure;

import java.util.Arrays;

/**
 * The last samples of a phase, in their order, and whether they agree: in three parts of one length
 * their medians lie as close to each other as those of a warm-up must. Where the budget allows
 * fewer samples than parts, the last run before the first sample counts as one.
 */
final class RecentSamples {
  private static final SamplingPolicy.Settling SETTLING = SamplingPolicy.STANDARD.settling();
  private static final int PARTS = SETTLING.stretches();
  static final int MOST = PARTS * SETTLING.mostSamplesAStretch();

  private final long precedingNanos;

  /** A ring, so that to record a sample allocates nothing. */
  private final long[] ring = new long[MOST];

  private long count;

  /**
   * @param precedingNanos the duration of the last run before the first sample
   */
  RecentSamples(long precedingNanos) {
    this.precedingNanos = precedingNanos;
  }

  void record(long nanos) {
    ring[(int) (count++ % MOST)] = nanos;
  }

  /**
   * Whether the phase was steady as far as its samples tell: they agree, and either its kernels had
   * settled before, or the samples alone last as long as the stretches of a {@link WarmUp}. Short
   * samples in a row agree with each other long before they are compiled.
   *
   * @param kernelsSettled whether the same kernels settled earlier in this process
   */
  boolean steady(boolean kernelsSettled) {
    long[] samples = inOrder();
    if (kernelsSettled) {
      return samples.length >= 2 && agree(samples);
    }
    return samples.length >= PARTS
        && Arrays.stream(samples).sum() >= PARTS * SETTLING.longestStretchNanos()
        && agree(samples);
  }

  private static boolean agree(long[] samples) {
    int parts = Math.min(PARTS, samples.length);
    long[] medians = new long[parts];
    for (int part = 0; part < parts; part++) {
      long[] sorted =
          Arrays.copyOfRange(
              samples, part * samples.length / parts, (part + 1) * samples.length / parts);
      Arrays.sort(sorted);
      medians[part] = sorted[(sorted.length - 1) / 2];
    }
    return WarmUp.agree(medians);
  }

  private long[] inOrder() {
    if (count < PARTS) {
      long[] samples = new long[(int) count + 1];
      samples[0] = precedingNanos;
      System.arraycopy(ring, 0, samples, 1, (int) count);
      return samples;
    }
    int kept = (int) Math.min(count, MOST);
    long[] samples = new long[kept];
    for (int i = 0; i < kept; i++) {
      samples[i] = ring[(int) ((count - kept + i) % MOST)];
    }
    return samples;
  }
}
