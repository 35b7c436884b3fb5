package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
