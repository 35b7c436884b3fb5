package io.headroom.host;

import io.headroom.attention.AttentionInterruptedException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;

/**
 * Takes a {@link Calibration} in about 50 ms: multiply-adds in registers, then a streaming read, on
 * all threads at once. Each thread's rate is the median of its trials, so that one interruption
 * does not matter. A trial is longer than the time slices of a scheduler, so that a neighbour with
 * whom the thread takes turns does: between two turns it would run at full speed.
 */
final class CalibrationProbe {
  /** 64 MiB, more than the last-level cache of one core complex. */
  private static final int STREAM_NUMBERS = 16 << 20;

  /** A run reads one piece of a thread's part of the stream. */
  private static final int PIECES = 4;

  private static final long ROUNDS = 1 << 16;
  private static final long TRIAL_NANOS = 5_000_000;
  private static final int TRIALS = 5;

  /** Kept from one calibration to the next, unless memory is short. */
  private static SoftReference<float[]> stream = new SoftReference<>(null);

  private CalibrationProbe() {}

  /**
   * @param threads at least 1
   * @throws IllegalStateException if a thread fails
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  static Calibration measure(int threads) {
    // The first time in a process this compiles the kernels.
    HostProbe.peaks(threads);
    HostLoops loops = new HostLoops();
    float[] data = stream();
    List<Calibration> taken =
        HostLoops.run(
            "the calibration",
            threads,
            (thread, together) -> {
              together.await();
              double flopsPerNano = rate(loops.multiplyAdds(ROUNDS), Ticker.system());
              together.await();
              int from = part(thread, threads);
              int to = part(thread + 1, threads);
              double bytesPerNano = rate(loops.stream(data, from, to, PIECES), Ticker.system());
              return new Calibration(flopsPerNano, bytesPerNano);
            });
    return new Calibration(
        taken.stream().mapToDouble(Calibration::gflops).sum(),
        taken.stream().mapToDouble(Calibration::streamGigabytesPerSecond).sum());
  }

  private static int part(int thread, int threads) {
    return (int) ((long) STREAM_NUMBERS * thread / threads);
  }

  /** The median of what the trials did in a nanosecond; one run before them is not counted. */
  static double rate(HostLoops.Loop loop, Ticker ticker) {
    loop.run();
    double[] rates = new double[TRIALS];
    for (int trial = 0; trial < TRIALS; trial++) {
      rates[trial] = HostLoops.rate(loop, TRIAL_NANOS, ticker);
    }
    Arrays.sort(rates);
    return rates[TRIALS / 2];
  }

  private static synchronized float[] stream() {
    float[] data = stream.get();
    if (data == null) {
      data = new float[STREAM_NUMBERS];
      Arrays.fill(data, 1);
      stream = new SoftReference<>(data);
    }
    return data;
  }
}
