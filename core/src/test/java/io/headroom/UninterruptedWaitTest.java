package io.headroom;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UninterruptedWaitTest {
  @Test
  @Timeout(60)
  void whoIsInterruptedWaitsForTheEndAndStaysInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Future<?> work =
        threads.submit(
            () -> {
              begun.countDown();
              mayEnd.await();
              return null;
            });
    threads.shutdown();
    begun.await();
    Thread waiting = Thread.currentThread();
    Thread helper =
        new Thread(
            () -> {
              // The first interrupt is over: it waits again.
              while (waiting.isInterrupted() || waiting.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
              }
              mayEnd.countDown();
            });

    waiting.interrupt();
    helper.start();
    UninterruptedWait.forEndOf(threads);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(work.isDone()).isTrue();
    helper.join();
  }

  @Test
  void whoIsNotInterruptedStaysSo() {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    threads.shutdown();

    UninterruptedWait.forEndOf(threads);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
