package io.headroom;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waiting that goes on when the thread is interrupted, and leaves it interrupted then. */
public final class UninterruptedWait {
  private UninterruptedWait() {}

  /** Until all that was given to the threads has ended; they take nothing new any more. */
  public static void forEndOf(ExecutorService threads) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
