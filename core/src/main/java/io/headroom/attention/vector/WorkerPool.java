package io.headroom.attention.vector;

import io.headroom.attention.AttentionInterruptedException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the units of one job on the calling thread and on {@code threads - 1} daemon threads.
 * Allocates nothing per job. One job at a time.
 *
 * <p>Whoever waits looks again for some microseconds before it sleeps: to be woken takes about as
 * long as a step of decode, and in decode the next job comes at once.
 *
 * <p>Interrupting the calling thread ends a job: no thread begins another unit, and the call
 * returns once those that were begun are done.
 */
final class WorkerPool implements AutoCloseable {

  /** A job of independent units. */
  interface Job {
    void run(int unit, int worker);
  }

  /** Longer than the time between two steps of decode, shorter than anybody would notice. */
  private static final long SPIN_NANOS = 50_000;

  /** Number of the thread that asks for jobs; the others look for no interrupts. */
  private static final int CALLER = 0;

  private final Thread[] others;
  private final AtomicInteger nextUnit = new AtomicInteger();

  // Written under the lock of this; volatile for those who look without it.
  private volatile long jobNumber;
  private volatile int busyThreads;
  private volatile boolean closed;

  // Guarded by this.
  private Job job;
  private int units;
  private Throwable failure;

  WorkerPool(int threads) {
    this.others = new Thread[threads - 1];
    try {
      for (int i = 0; i < others.length; i++) {
        int worker = i + 1;
        others[i] = new Thread(() -> serve(worker), "attention-" + worker);
        others[i].setDaemon(true);
        others[i].start();
      }
    } catch (Error e) {
      // The system has no more threads: those that it gave must not wait for ever.
      endThreads();
      throw e;
    }
  }

  /**
   * Runs all units; throws what the first failing unit threw, once all threads have stopped.
   *
   * @throws AttentionInterruptedException if the calling thread was interrupted and units were left
   *     out
   */
  void run(Job newJob, int newUnits) {
    AttentionInterruptedException.throwIfInterrupted();
    if (others.length == 0 || newUnits == 1) {
      for (int unit = 0; unit < newUnits; unit++) {
        AttentionInterruptedException.throwIfInterrupted();
        newJob.run(unit, CALLER);
      }
      return;
    }
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      job = newJob;
      units = newUnits;
      failure = null;
      nextUnit.set(0);
      busyThreads = others.length;
      jobNumber = jobNumber + 1;
      notifyAll();
    }
    work(newJob, newUnits, CALLER);
    spinWhileBusy();
    Throwable thrown = awaitOthers();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void work(Job current, int count, int worker) {
    try {
      for (int unit = nextUnit.getAndIncrement(); unit < count; unit = nextUnit.getAndIncrement()) {
        if (worker == CALLER) {
          AttentionInterruptedException.throwIfInterrupted();
        }
        current.run(unit, worker);
      }
    } catch (RuntimeException | Error e) {
      nextUnit.set(count);
      synchronized (this) {
        failure = failure == null ? e : failure;
      }
    }
  }

  private void spinWhileBusy() {
    long end = System.nanoTime() + SPIN_NANOS;
    while (busyThreads > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private void spinWhileIdle(long served) {
    long end = System.nanoTime() + SPIN_NANOS;
    while (jobNumber == served && !closed && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private synchronized Throwable awaitOthers() {
    boolean interrupted = false;
    while (busyThreads > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    job = null;
    return failure;
  }

  private void serve(int worker) {
    long served = 0;
    while (true) {
      Job current;
      int count;
      spinWhileIdle(served);
      synchronized (this) {
        while (jobNumber == served && !closed) {
          try {
            wait();
          } catch (InterruptedException e) {
            // Nobody else holds these threads; close() ends them.
          }
        }
        if (closed) {
          return;
        }
        served = jobNumber;
        current = job;
        count = units;
      }
      work(current, count, worker);
      synchronized (this) {
        busyThreads = busyThreads - 1;
        notifyAll();
      }
    }
  }

  @Override
  public void close() {
    endThreads();
    for (Thread other : others) {
      join(other);
    }
  }

  private synchronized void endThreads() {
    closed = true;
    notifyAll();
  }

  private static void join(Thread other) {
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
