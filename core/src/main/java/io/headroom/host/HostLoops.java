package io.headroom.host;

import io.headroom.UninterruptedWait;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.vector.CalibrationKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The loops that show what a host can do, multiply-adds in registers and a streaming read, and the
 * threads that run them at the same time.
 */
final class HostLoops {
  /** Written so that no compiler may leave the loops out. */
  private static volatile float kept;

  private final CalibrationKernels kernels = new CalibrationKernels();

  interface Loop {
    /** Runs once and returns how much it did: floating-point operations, or bytes. */
    long run();
  }

  /** What one of the threads does. */
  interface Task<T> {
    /**
     * @param thread its number, from 0
     * @param together where the threads wait for each other
     */
    T run(int thread, CyclicBarrier together) throws Exception;
  }

  Loop multiplyAdds(long rounds) {
    return () -> {
      CalibrationKernels.MultiplyAdds done = kernels.multiplyAdds(rounds);
      kept = done.value();
      return done.operations();
    };
  }

  /**
   * Reads {@code data} from {@code from} to {@code to}, exclusive; every run the next of so many
   * pieces.
   */
  Loop stream(float[] data, int from, int to, int pieces) {
    int piece = (to - from) / pieces;
    int[] next = {0};
    return () -> {
      int begin = from + next[0]++ % pieces * piece;
      kept = kernels.sum(data, begin, begin + piece);
      return (long) piece * Float.BYTES;
    };
  }

  /** What a loop does in a nanosecond; it runs for at least so long, and at least once. */
  static double rate(Loop loop, long leastNanos, Ticker ticker) {
    long beganNanos = ticker.nanos();
    long passedNanos;
    long done = 0;
    do {
      done += loop.run();
      passedNanos = ticker.nanos() - beganNanos;
    } while (passedNanos < leastNanos);
    return (double) done / passedNanos;
  }

  /**
   * Runs a task on some threads at the same time. Returns or throws when all have ended, so that
   * nothing of it runs beside what comes next; one that fails ends the others.
   *
   * @param name what fails if a thread does
   * @return the result of every thread, in the order of their numbers
   * @throws IllegalStateException if a thread throws an exception; an error is thrown as it is
   * @throws AttentionInterruptedException if the calling thread is interrupted meanwhile
   */
  static <T> List<T> run(String name, int threads, Task<T> task) {
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CompletionService<T> ended = new ExecutorCompletionService<>(pool);
      List<Future<T>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        all.add(ended.submit(() -> task.run(thread, together)));
      }
      // In the order they end: one that fails leaves the others waiting for it for ever.
      for (int i = 0; i < threads; i++) {
        ended.take().get();
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : all) {
        results.add(one.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttentionInterruptedException();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("%s failed: %s".formatted(name, e.getCause()), e.getCause());
    } finally {
      pool.shutdownNow();
      UninterruptedWait.forEndOf(pool);
    }
  }
}
