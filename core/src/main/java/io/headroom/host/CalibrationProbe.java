package io.headroom.host;

import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.vector.CalibrationKernels;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

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

  /** Written so that no compiler may leave the loops out. */
  private static volatile float kept;

  private CalibrationProbe() {}

  /**
   * @param threads at least 1
   * @throws IllegalStateException if a thread fails
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  static Calibration measure(int threads) {
    // The first time in a process this compiles the kernels.
    HostProbe.peaks(threads);
    CalibrationKernels kernels = new CalibrationKernels();
    float[] data = stream();
    CyclicBarrier barrier = new CyclicBarrier(threads);
    List<Callable<Calibration>> loops =
        IntStream.range(0, threads)
            .<Callable<Calibration>>mapToObj(
                thread ->
                    () -> {
                      int from = part(thread, threads);
                      int to = part(thread + 1, threads);
                      return loops(kernels, data, from, to, barrier);
                    })
            .toList();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      double gflops = 0;
      double gigabytesPerSecond = 0;
      for (Future<Calibration> loop : pool.invokeAll(loops)) {
        gflops += loop.get().gflops();
        gigabytesPerSecond += loop.get().streamGigabytesPerSecond();
      }
      return new Calibration(gflops, gigabytesPerSecond);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttentionInterruptedException();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the calibration failed: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  interface Work {
    /** Runs once and returns how much it did. */
    long run();
  }

  private static int part(int thread, int threads) {
    return (int) ((long) STREAM_NUMBERS * thread / threads);
  }

  private static Calibration loops(
      CalibrationKernels kernels, float[] data, int from, int to, CyclicBarrier barrier)
      throws Exception {
    barrier.await();
    double flopsPerNano =
        rate(
            () -> {
              CalibrationKernels.MultiplyAdds done = kernels.multiplyAdds(ROUNDS);
              kept = done.value();
              return done.operations();
            },
            Ticker.system());
    barrier.await();
    int piece = (to - from) / PIECES;
    int[] next = {0};
    double bytesPerNano =
        rate(
            () -> {
              int begin = from + next[0]++ % PIECES * piece;
              kept = kernels.sum(data, begin, begin + piece);
              return (long) piece * Float.BYTES;
            },
            Ticker.system());
    return new Calibration(flopsPerNano, bytesPerNano);
  }

  /** The median of what the trials did in a nanosecond; one run before them is not counted. */
  static double rate(Work work, Ticker ticker) {
    work.run();
    double[] rates = new double[TRIALS];
    for (int trial = 0; trial < TRIALS; trial++) {
      long beganNanos = ticker.nanos();
      long passedNanos;
      long done = 0;
      do {
        done += work.run();
        passedNanos = ticker.nanos() - beganNanos;
      } while (passedNanos < TRIAL_NANOS);
      rates[trial] = (double) done / passedNanos;
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
