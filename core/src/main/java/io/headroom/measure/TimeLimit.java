package io.headroom.measure;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Ends work that takes too long: a watchdog interrupts the thread that runs it. The work must heed
 * interrupts, as attention engines do, and so ends on its own thread: nothing of it goes on
 * afterwards. Once {@link #run} has returned or thrown, no interrupt of the watchdog's is pending
 * or still to come.
 */
public final class TimeLimit {

  /** Wakes up after a while. */
  interface Alarm {
    /** Runs an action on another thread after {@code delayNanos}, unless it is cancelled before. */
    Future<?> set(Runnable action, long delayNanos);
  }

  private final Duration limit;
  private final Alarm alarm;

  /** A limit that one daemon thread of this process keeps watch over. */
  public TimeLimit(Duration limit) {
    this(limit, (action, nanos) -> Watchdog.TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS));
  }

  TimeLimit(Duration limit, Alarm alarm) {
    if (limit.isZero() || limit.isNegative()) {
      throw new IllegalArgumentException("a time limit must be above 0: " + limit);
    }
    this.limit = limit;
    this.alarm = alarm;
  }

  /**
   * Runs work on the calling thread. Work that is done in spite of an interrupt at the last moment
   * counts as done; an interrupt by anybody else is left as it is.
   *
   * @throws TimeLimitException if the work threw because, or after, its time was up
   */
  public <T> T run(Supplier<T> work) {
    Watch watch = new Watch(Thread.currentThread());
    Future<?> bark = alarm.set(watch::interrupt, limit.toNanos());
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      if (watch.end()) {
        throw new TimeLimitException(limit, e);
      }
      throw e;
    } finally {
      bark.cancel(false);
      watch.end();
    }
  }

  /** Interrupts a thread once, and never after its end. */
  private static final class Watch {
    private final Thread watched;
    private boolean interrupted;
    private boolean ended;

    Watch(Thread watched) {
      this.watched = watched;
    }

    synchronized void interrupt() {
      if (!ended) {
        interrupted = true;
        watched.interrupt();
      }
    }

    /**
     * Takes the interrupt back, if there was one. Called by the watched thread.
     *
     * @return whether the time was up
     */
    synchronized boolean end() {
      if (interrupted && !ended) {
        Thread.interrupted();
      }
      ended = true;
      return interrupted;
    }
  }

  /** Started when first needed. */
  private static final class Watchdog {
    static final ScheduledThreadPoolExecutor TIMER = timer();

    private static ScheduledThreadPoolExecutor timer() {
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "time-limit");
                thread.setDaemon(true);
                return thread;
              });
      timer.setRemoveOnCancelPolicy(true);
      return timer;
    }
  }
}
