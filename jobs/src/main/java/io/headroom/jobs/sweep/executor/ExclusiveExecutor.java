package io.headroom.jobs.sweep.executor;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Gives a task its executor for itself. Normally {@code spark.task.cpus} sees to that; tasks that
 * the configuration lets run side by side all the same measure one after the other.
 */
final class ExclusiveExecutor {
  private static final ReentrantLock EXECUTOR = new ReentrantLock(true);

  private ExclusiveExecutor() {}

  /**
   * Does the work once no other task of this process does any.
   *
   * @throws InterruptedException if the task is killed while it waits
   */
  static <T> T run(Supplier<T> work) throws InterruptedException {
    EXECUTOR.lockInterruptibly();
    try {
      return work.get();
    } finally {
      EXECUTOR.unlock();
    }
  }
}
