package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionInterruptedException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class WorkerPoolTest {

  @Test
  void runsEveryUnitOnce() {
    for (int threads = 1; threads <= 4; threads++) {
      try (WorkerPool pool = new WorkerPool(threads)) {
        for (int units = 0; units < 50; units++) {
          AtomicIntegerArray runs = new AtomicIntegerArray(50);
          pool.run((unit, worker) -> runs.incrementAndGet(unit), units);
          for (int unit = 0; unit < 50; unit++) {
            assertThat(runs.get(unit)).isEqualTo(unit < units ? 1 : 0);
          }
        }
      }
    }
  }

  @Test
  void unitsRunAtTheSameTimeOnWorkersOfTheirOwn() {
    try (WorkerPool pool = new WorkerPool(3)) {
      CountDownLatch allRun = new CountDownLatch(3);
      Set<Integer> workers = ConcurrentHashMap.newKeySet();
      pool.run(
          (unit, worker) -> {
            workers.add(worker);
            allRun.countDown();
            await(allRun);
          },
          3);
      assertThat(workers).containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void throwsWhatAUnitThrewAndGoesOn() {
    try (WorkerPool pool = new WorkerPool(3)) {
      WorkerPool.Job failing =
          (unit, worker) -> {
            if (unit == 7) {
              throw new IllegalArgumentException("unit 7");
            }
          };
      assertThatThrownBy(() -> pool.run(failing, 20))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("unit 7");
      AtomicIntegerArray runs = new AtomicIntegerArray(20);
      pool.run((unit, worker) -> runs.incrementAndGet(unit), 20);
      for (int unit = 0; unit < 20; unit++) {
        assertThat(runs.get(unit)).isEqualTo(1);
      }
    }
  }

  @Test
  void anInterruptLeavesOutTheOtherUnits() {
    try (WorkerPool pool = new WorkerPool(1)) {
      AtomicInteger runs = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  pool.run(
                      (unit, worker) -> {
                        runs.incrementAndGet();
                        if (unit == 4) {
                          Thread.currentThread().interrupt();
                        }
                      },
                      100))
          .isInstanceOf(AttentionInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(runs.get()).isEqualTo(5);
    }
  }

  /** The other thread is in the midst of a unit, and begins none after it. */
  @Test
  void anInterruptedCallEndsWhenTheUnitsThatWereBegunDo() {
    Thread caller = Thread.currentThread();
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicInteger runs = new AtomicInteger();
      CountDownLatch otherBegan = new CountDownLatch(1);
      AtomicInteger ends = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  pool.run(
                      (unit, worker) -> {
                        runs.incrementAndGet();
                        if (worker == 0) {
                          spinUntilZero(otherBegan);
                          caller.interrupt();
                        } else {
                          otherBegan.countDown();
                          awaitWaiting(caller);
                        }
                        ends.incrementAndGet();
                      },
                      100))
          .isInstanceOf(AttentionInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(runs.get()).isEqualTo(2);
      assertThat(ends.get()).isEqualTo(2);

      AtomicInteger again = new AtomicInteger();
      pool.run((unit, worker) -> again.incrementAndGet(), 100);
      assertThat(again.get()).isEqualTo(100);
    }
  }

  /** Never seen waiting meanwhile. */
  private static void spinUntilZero(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInterruptBehindTheLastUnitLeavesTheJobDone() {
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicInteger runs = new AtomicInteger();
      CountDownLatch bothBegan = new CountDownLatch(2);
      Thread caller = Thread.currentThread();
      pool.run(
          (unit, worker) -> {
            bothBegan.countDown();
            spinUntilZero(bothBegan);
            if (worker == 1) {
              awaitWaiting(caller);
              caller.interrupt();
            }
            runs.incrementAndGet();
          },
          2);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(runs.get()).isEqualTo(2);
    }
  }

  /** On the calling thread and on another. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void throwsWhatAThreadWithoutMemoryThrewAndGoesOn(int failing) {
    try (WorkerPool pool = new WorkerPool(2)) {
      CountDownLatch bothBegan = new CountDownLatch(2);
      assertThatThrownBy(
              () ->
                  pool.run(
                      (unit, worker) -> {
                        bothBegan.countDown();
                        await(bothBegan);
                        if (worker == failing) {
                          // More than any heap has.
                          assertThat(new long[1 << 16][1 << 30]).isEmpty();
                        }
                      },
                      2))
          .isInstanceOf(OutOfMemoryError.class);
      AtomicInteger runs = new AtomicInteger();
      pool.run((unit, worker) -> runs.incrementAndGet(), 20);
      assertThat(runs.get()).isEqualTo(20);
    }
  }

  @Test
  void closingEndsItsThreads() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch allRun = new CountDownLatch(3);
    WorkerPool pool = new WorkerPool(3);
    pool.run(
        (unit, worker) -> {
          threads.add(Thread.currentThread());
          allRun.countDown();
          await(allRun);
        },
        3);
    threads.remove(Thread.currentThread());
    pool.close();
    pool.close();
    assertThat(threads).hasSize(2).allMatch(thread -> !thread.isAlive());
    assertThatThrownBy(() -> pool.run((unit, worker) -> {}, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the engine is closed");
  }
}
