package io.headroom.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void theLauncherKnows() {
    assertThat(Terminal.isThere(Map.of(Terminal.VARIABLE, "yes"))).isTrue();
    assertThat(Terminal.isThere(Map.of(Terminal.VARIABLE, "no"))).isFalse();
  }

  /** The streams of a JVM that runs tests are no terminal. */
  @Test
  void javaKnowsWithoutIt() {
    assertThat(Terminal.isThere(Map.of())).isFalse();
  }
}
