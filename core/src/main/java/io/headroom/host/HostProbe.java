package io.headroom.host;

import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.vector.CalibrationKernels;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What the machine can do at best, measured: multiply-adds in registers, and bytes read in a stream
 * from an array that no cache holds. The roofs of a roofline model (Williams et al., CACM 2009).
 */
public final class HostProbe {
  /** Larger than any last-level cache's share of a core. */
  private static final int STREAM_NUMBERS = 32 << 20;

  private static final long ROUNDS = 1 << 17;
  private static final int TRIALS = 7;

  /** Long enough for the compiler to replace the loops while they run. */
  private static final long WARM_UP_NANOS = 300_000_000;

  private static final Map<Integer, Peaks> PEAKS = new ConcurrentHashMap<>();

  /** Written so that no compiler may leave the loops out. */
  private static volatile float kept;

  private HostProbe() {}

  /**
   * Of all asked-for threads together.
   *
   * @param gflops 10^9 floating-point operations a second, float32
   * @param streamGigabytesPerSecond 10^9 bytes read a second
   */
  public record Peaks(double gflops, double streamGigabytesPerSecond) {}

  /**
   * The peaks of this host on so many threads; measured once a process, in about a second.
   *
   * @param threads at least 1
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  public static Peaks peaks(int threads) {
    return PEAKS.computeIfAbsent(threads, HostProbe::measure);
  }

  /**
   * The peaks as they are now: for runs that take long enough for a host to change.
   *
   * @param threads at least 1
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  public static Peaks measure(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
    CalibrationKernels kernels = new CalibrationKernels();
    int numbers = STREAM_NUMBERS / threads;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      double flopsPerNano = best(pool, threads, () -> () -> multiplyAdds(kernels));
      double bytesPerNano =
          best(
              pool,
              threads,
              () -> {
                float[] data = new float[numbers];
                Arrays.fill(data, 1);
                return () -> stream(kernels, data);
              });
      return new Peaks(flopsPerNano, bytesPerNano);
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  /** Bytes of heap that {@link #peaks} is still going to take; 0 once it has measured. */
  public static long heapBytes(int threads) {
    return PEAKS.containsKey(threads) ? 0 : (long) STREAM_NUMBERS * Float.BYTES;
  }

  private interface Loop {
    /** Runs once and returns how much it did. */
    long run();
  }

  private static long multiplyAdds(CalibrationKernels kernels) {
    CalibrationKernels.MultiplyAdds done = kernels.multiplyAdds(ROUNDS);
    kept = done.value();
    return done.operations();
  }

  private static long stream(CalibrationKernels kernels, float[] data) {
    kept = kernels.sum(data, 0, data.length);
    return (long) data.length * Float.BYTES;
  }

  /** The best of some trials, all threads at once: interruptions only ever slow a trial down. */
  private static double best(ExecutorService pool, int threads, Callable<Loop> loops) {
    CyclicBarrier barrier = new CyclicBarrier(threads);
    CompletionService<double[]> rates = new ExecutorCompletionService<>(pool);
    for (int thread = 0; thread < threads; thread++) {
      rates.submit(() -> trials(loops.call(), barrier));
    }
    double[] sums = new double[TRIALS];
    for (int thread = 0; thread < threads; thread++) {
      double[] trials = next(rates);
      for (int i = 0; i < TRIALS; i++) {
        sums[i] += trials[i];
      }
    }
    return Arrays.stream(sums).max().orElseThrow();
  }

  private static double[] trials(Loop loop, CyclicBarrier barrier) throws Exception {
    long warmNanos = System.nanoTime() + WARM_UP_NANOS;
    do {
      loop.run();
    } while (System.nanoTime() < warmNanos);
    double[] rates = new double[TRIALS];
    for (int i = 0; i < TRIALS; i++) {
      barrier.await();
      long began = System.nanoTime();
      long done = loop.run();
      rates[i] = (double) done / (System.nanoTime() - began);
    }
    return rates;
  }

  /** In the order they end: one that fails leaves the others waiting at the barrier for ever. */
  private static double[] next(CompletionService<double[]> rates) {
    try {
      return rates.take().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttentionInterruptedException();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("the host probe failed: " + e.getCause(), e.getCause());
    }
  }

  /** Until nothing of a failed probe runs beside what comes next; the loops are short. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
