package io.headroom.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BestEffortTest {
  private final List<String> told = new ArrayList<>();
  private final BestEffort effort = new BestEffort(told::add);

  @AfterEach
  void forgetInterrupts() {
    Thread.interrupted();
  }

  @Test
  void whatBreaksIsToldOnceAndNotThrown() {
    for (int i = 0; i < 3; i++) {
      int kept =
          effort.orElse(
              "nothing was learnt",
              7,
              () -> {
                throw new IllegalStateException("too many\nevaluations");
              });
      assertThat(kept).isEqualTo(7);
    }
    assertThat(told)
        .containsExactly(
            "nothing was learnt: java.lang.IllegalStateException: too many evaluations");
  }

  @Test
  void whatWorksIsReturned() {
    assertThat(effort.<Integer>orElse("nothing was learnt", 7, () -> 8)).isEqualTo(8);
    assertThat(told).isEmpty();
  }

  @Test
  void anInterruptIsLeftToWhoeverWaitsNext() {
    effort.orElse(
        "nothing was learnt",
        7,
        () -> {
          throw new InterruptedException();
        });
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThat(told).isEmpty();
  }
}
