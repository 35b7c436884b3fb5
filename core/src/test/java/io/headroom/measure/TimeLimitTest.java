package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionInterruptedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimeLimitTest {
  private static final Duration LIMIT = Duration.ofMillis(2500);

  /** Rings when a test wants it to. */
  private static final class ManualAlarm implements TimeLimit.Alarm {
    private Runnable action;
    private long delayNanos;
    private Future<?> set;

    @Override
    public Future<?> set(Runnable newAction, long newDelayNanos) {
      action = newAction;
      delayNanos = newDelayNanos;
      set = new CompletableFuture<>();
      return set;
    }
  }

  private final ManualAlarm alarm = new ManualAlarm();
  private final TimeLimit limit = new TimeLimit(LIMIT, alarm);

  @AfterEach
  void leavesNoInterrupt() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void workInTimeIsDoneAndTheAlarmIsOff() {
    String result = limit.run(() -> "done");

    assertThat(result).isEqualTo("done");
    assertThat(alarm.delayNanos).isEqualTo(LIMIT.toNanos());
    assertThat(alarm.set).isCancelled();
  }

  @Test
  void workThatHeedsTheInterruptIsEnded() {
    assertThatThrownBy(
            () ->
                limit.run(
                    () -> {
                      alarm.action.run();
                      AttentionInterruptedException.throwIfInterrupted();
                      return "done";
                    }))
        .isInstanceOf(TimeLimitException.class)
        .hasMessage("not done within 2.5 s")
        .hasCauseInstanceOf(AttentionInterruptedException.class);
  }

  @Test
  void anAlarmThatComesTooLateInterruptsNobody() {
    limit.run(() -> "done");

    alarm.action.run();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void workThatWasDoneAllTheSameCounts() {
    String result =
        limit.run(
            () -> {
              alarm.action.run();
              return "done";
            });

    assertThat(result).isEqualTo("done");
  }

  @Test
  void workThatFailsByItselfFailsAsItDid() {
    IllegalStateException failure = new IllegalStateException("broken");

    assertThatThrownBy(
            () ->
                limit.run(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(alarm.set).isCancelled();
  }

  @Test
  void anInterruptOfSomebodyElseIsNotOfTheLimit() {
    assertThatThrownBy(
            () ->
                limit.run(
                    () -> {
                      Thread.currentThread().interrupt();
                      AttentionInterruptedException.throwIfInterrupted();
                      return "done";
                    }))
        .isInstanceOf(AttentionInterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theWatchdogInterruptsWhatNeverEnds() {
    TimeLimit watched = new TimeLimit(Duration.ofMillis(20));

    assertThatThrownBy(() -> watched.run(TimeLimitTest::untilInterrupted))
        .isInstanceOf(TimeLimitException.class)
        .hasMessage("not done within 0.02 s");
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().equals("time-limit"))
        .singleElement()
        .matches(Thread::isDaemon);
  }

  /** Limits that end about when the work does: the next work must never feel them. */
  @Test
  void noInterruptOutlivesItsWork() {
    int ended = 0;
    for (int round = 0; round < 3000; round++) {
      TimeLimit watched = new TimeLimit(Duration.ofNanos(20_000 + 20 * round));
      try {
        watched.run(() -> spin(50_000));
      } catch (TimeLimitException e) {
        ended++;
      }
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
    assertThat(ended).isPositive();
  }

  private static Integer untilInterrupted() {
    while (true) {
      AttentionInterruptedException.throwIfInterrupted();
      Thread.onSpinWait();
    }
  }

  private static Integer spin(long nanos) {
    int turns = 0;
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      AttentionInterruptedException.throwIfInterrupted();
      turns++;
    }
    return turns;
  }

  @Test
  void aLimitIsAboveZero() {
    assertThatThrownBy(() -> new TimeLimit(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a time limit must be above 0: PT0S");
  }
}
