package io.headroom.measure;

/**
 * How the time of one sequence is spent: what of its budget goes to warming up, to prefill and to
 * decoding, and when a phase counts as steady. What measures reads it here, and what predicts how
 * long measuring takes asks it.
 *
 * @param settling when a warm-up ends before its time is up
 * @param warmUpShare of the budget that each phase may warm up
 * @param prefillShare of the budget after which no further prefill is sampled
 * @param cheapShare of the budget that decoding may take in any case, for further samples
 * @param cheapDecodeSamples decoding goes on to so many samples where they are cheap
 * @param warmUpSteps the most positions that one warm-up of decoding goes through
 * @param newKernels what is run to warm up kernels that are new to a process
 */
public record SamplingPolicy(
    Settling settling,
    double warmUpShare,
    double prefillShare,
    double cheapShare,
    int cheapDecodeSamples,
    int warmUpSteps,
    NewKernels newKernels) {

  /** The one by which every sequence is measured. */
  public static final SamplingPolicy STANDARD =
      new SamplingPolicy(
          new Settling(3, 0.10, 100_000_000, 8, 16),
          0.125,
          0.5,
          0.05,
          LatencyHistogram.LEAST_SAMPLES_P90,
          16,
          new NewKernels(512, 16));

  /**
   * Durations have settled when their medians in the last stretches of time agree.
   *
   * @param stretches that must agree
   * @param tolerance by which the largest median may exceed the smallest, as a fraction
   * @param longestStretchNanos a stretch is no longer, unless a single action is
   * @param leastStretches so many fit into a warm-up's time at least, unless a single action is
   *     longer
   * @param mostSamplesAStretch the most samples that stand for a stretch where samples are asked
   *     whether they were steady
   */
  public record Settling(
      int stretches,
      double tolerance,
      long longestStretchNanos,
      int leastStretches,
      int mostSamplesAStretch) {

    /** How long a stretch of a warm-up is that has so much time. */
    long stretchNanos(long warmUpNanos) {
      return Math.min(longestStretchNanos, warmUpNanos / leastStretches);
    }

    private double stretchNanos(double warmUpNanos) {
      return Math.min(longestStretchNanos, warmUpNanos / leastStretches);
    }
  }

  /**
   * A sequence is shortened to so many tokens where it is run only to have its kernels compiled.
   */
  public record NewKernels(int promptTokens, int outputTokens) {}

  /**
   * What is expected of a sequence, in nanoseconds.
   *
   * @param data time to make its tensors
   * @param prefill time of one prefill
   * @param decode time of one step of decoding; not asked for without output
   */
  public record ExpectedNanos(double data, double prefill, double decode) {}

  /** Time that a phase has to warm up. */
  long warmUpNanos(long budgetNanos) {
    return share(warmUpShare, budgetNanos);
  }

  /** Time after the beginning at which prefills end. */
  long prefillNanos(long budgetNanos) {
    return share(prefillShare, budgetNanos);
  }

  /** Time that decoding has in any case. */
  long cheapNanos(long budgetNanos) {
    return share(cheapShare, budgetNanos);
  }

  /**
   * Positions that one warm-up of decoding goes through; without a cache each is as long as a
   * prefill.
   */
  int warmUpSteps(boolean kvCache, int outputTokens) {
    return kvCache ? Math.min(outputTokens, warmUpSteps) : 1;
  }

  /**
   * Predicts how long a sequence is measured, in nanoseconds, without verifying its output. As the
   * expected times are, so is what comes of them: a warm-up may need more stretches than the first
   * that can agree.
   *
   * @param minSamples the fewest samples of each phase
   * @param budgetNanos of the sequence
   */
  public double measuringNanos(
      ExpectedNanos expected,
      boolean kvCache,
      int outputTokens,
      int minSamples,
      double budgetNanos) {
    double prefill = expected.prefill();
    double spent = expected.data() + warmUpNanos(prefill, budgetNanos);
    double left = prefillShare * budgetNanos - spent;
    spent += Math.max(prefill, Math.min(minSamples * prefill, left));
    if (outputTokens == 0) {
      return spent;
    }
    double decode = expected.decode();
    spent += warmUpNanos(warmUpSteps(kvCache, outputTokens) * decode, budgetNanos);
    double cheapNanos = cheapShare * budgetNanos;
    double cheapSamples = Math.min(cheapDecodeSamples, cheapNanos / decode);
    double passes = Math.ceil(Math.max(minSamples, cheapSamples) / outputTokens);
    double sampled =
        Math.min(passes * outputTokens * decode, Math.max(cheapNanos, budgetNanos - spent));
    return spent + Math.max(decode, sampled);
  }

  /** Some stretches that agree, or until the time for warming up is spent. */
  private double warmUpNanos(double actionNanos, double budgetNanos) {
    double most = warmUpShare * budgetNanos;
    double settled = settling.stretches() * Math.max(settling.stretchNanos(most), actionNanos);
    return Math.max(actionNanos, Math.min(settled, most));
  }

  private static long share(double share, long budgetNanos) {
    return (long) (share * budgetNanos);
  }
}
