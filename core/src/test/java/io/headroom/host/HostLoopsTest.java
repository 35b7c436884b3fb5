package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionInterruptedException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostLoopsTest {
  private final AtomicInteger running = new AtomicInteger();

  @Test
  void allThreadsRunAtOnceAndAnswerInTheirOrder() {
    List<Integer> results =
        HostLoops.run(
            "it",
            3,
            (thread, together) -> {
              together.await();
              return thread;
            });

    assertThat(results).containsExactly(0, 1, 2);
  }

  /** The others wait for it, and would for ever. */
  @Test
  void aThreadThatFailsEndsTheOthers() {
    assertThatThrownBy(
            () -> HostLoops.run("the probe", 3, (thread, together) -> waiting(together, thread)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the probe failed: java.lang.IllegalArgumentException: 1")
        .hasCauseInstanceOf(IllegalArgumentException.class);

    assertThat(running).hasValue(0);
  }

  private Void waiting(CyclicBarrier together, int thread) throws Exception {
    if (thread == 1) {
      throw new IllegalArgumentException("1");
    }
    running.incrementAndGet();
    try {
      together.await();
    } finally {
      running.decrementAndGet();
    }
    return null;
  }

  @Test
  void anErrorIsThrownAsItIs() {
    assertThatThrownBy(
            () ->
                HostLoops.run(
                    "the probe",
                    2,
                    (thread, together) -> {
                      if (thread == 0) {
                        throw new OutOfMemoryError("full");
                      }
                      return together.await();
                    }))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("full");
  }

  @Test
  void anInterruptEndsAllThreads() throws Exception {
    CountDownLatch inside = new CountDownLatch(2);
    Throwable[] thrown = {null};
    boolean[] flag = {false};
    Thread caller =
        new Thread(
            () -> {
              try {
                HostLoops.run("the probe", 2, (thread, together) -> stuck(inside));
              } catch (RuntimeException e) {
                thrown[0] = e;
                flag[0] = Thread.currentThread().isInterrupted();
              }
            });
    caller.start();
    inside.await();

    caller.interrupt();
    caller.join();

    assertThat(thrown[0]).isInstanceOf(AttentionInterruptedException.class);
    assertThat(flag[0]).isTrue();
    assertThat(running).hasValue(0);
  }

  private Void stuck(CountDownLatch inside) throws InterruptedException {
    running.incrementAndGet();
    try {
      inside.countDown();
      new CountDownLatch(1).await();
    } finally {
      running.decrementAndGet();
    }
    return null;
  }

  @Test
  void aLoopRunsForAsLongAsIsWantedAndOnceAtLeast() {
    long[] nowNanos = {0};
    AtomicInteger runs = new AtomicInteger();

    assertThat(HostLoops.rate(() -> 60 * runs(runs, nowNanos), 25, () -> nowNanos[0])).isEqualTo(6);
    assertThat(runs).hasValue(3);
    assertThat(HostLoops.rate(() -> 60 * runs(runs, nowNanos), 0, () -> nowNanos[0])).isEqualTo(6);
    assertThat(runs).hasValue(4);
  }

  /** Ten nanoseconds each. */
  private static long runs(AtomicInteger runs, long[] nowNanos) {
    runs.incrementAndGet();
    nowNanos[0] += 10;
    return 1;
  }

  @Test
  void theStreamIsReadPieceByPiece() {
    HostLoops loops = new HostLoops();

    assertThat(loops.stream(new float[100], 20, 80, 4).run()).isEqualTo(15 * Float.BYTES);
    assertThat(loops.multiplyAdds(10).run()).isPositive();
  }
}
