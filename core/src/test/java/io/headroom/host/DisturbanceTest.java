package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DisturbanceTest {
  private static final Disturbance UNKNOWN =
      new Disturbance(OptionalLong.empty(), OptionalLong.empty());

  @TempDir private Path proc;

  @Test
  void countsStealInMillisecondsAndTheSwitchesOfTheThread() throws IOException {
    stat("cpu  2579908 0 261493 2554731 7121 0 2253 4140 0 0\ncpu0 1 0 1 1 1 0 5 9 0 0");
    status("thread-self", 3, 17);
    Disturbance.Snapshot before = Disturbance.snapshot(proc, 1);
    stat("cpu  2580000 0 261500 2554800 7121 0 2253 4145 0 0\ncpu0 1 0 1 1 1 0 5 9 0 0");
    status("thread-self", 900, 19);

    assertThat(before.until(Disturbance.snapshot(proc, 1))).isEqualTo(disturbance(50, 2));
  }

  @Test
  void countsTheSwitchesOfAllThreadsThatAreLeft() throws IOException {
    stat("cpu  1 2 3 4 5 6 7 8");
    status("self/task/100", 0, 5);
    status("self/task/101", 0, 1_000);
    Disturbance.Snapshot before = Disturbance.snapshot(proc, 2);
    status("self/task/100", 0, 9);
    Files.delete(proc.resolve("self/task/101/status"));
    status("self/task/102", 0, 3);

    assertThat(before.until(Disturbance.snapshot(proc, 2))).isEqualTo(disturbance(0, 4 + 3));
  }

  @Test
  void saysNothingWhereThePlatformDoesNot() throws IOException {
    Disturbance.Snapshot nothing = Disturbance.snapshot(proc, 1);
    assertThat(nothing.until(nothing)).isEqualTo(UNKNOWN);
    assertThat(Disturbance.snapshot(proc, 2).until(Disturbance.snapshot(proc, 2)))
        .isEqualTo(UNKNOWN);

    // As before Linux 2.6.11 and 2.6.23.
    stat("cpu  1 2 3 4 5 6 7");
    Files.createDirectories(proc.resolve("thread-self"));
    Files.writeString(proc.resolve("thread-self/status"), "Name:\tjava\n");
    Disturbance.Snapshot old = Disturbance.snapshot(proc, 1);
    assertThat(old.until(old)).isEqualTo(UNKNOWN);
  }

  @Test
  void stretchesAddUp() {
    assertThat(Disturbance.NONE.plus(disturbance(10, 2)).plus(disturbance(30, 5)))
        .isEqualTo(disturbance(40, 7));
    assertThat(disturbance(10, 2).plus(UNKNOWN)).isEqualTo(UNKNOWN);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void linuxTells() {
    for (int threads : new int[] {1, 2}) {
      Disturbance disturbance = Disturbance.snapshot(threads).until(Disturbance.snapshot(threads));

      assertThat(disturbance.stealMillis().orElseThrow()).isNotNegative();
      assertThat(disturbance.involuntarySwitches().orElseThrow()).isNotNegative();
    }
  }

  private static Disturbance disturbance(long stealMillis, long switches) {
    return new Disturbance(OptionalLong.of(stealMillis), OptionalLong.of(switches));
  }

  private void stat(String text) throws IOException {
    Files.writeString(proc.resolve("stat"), text + "\n");
  }

  private void status(String thread, long voluntary, long involuntary) throws IOException {
    Path folder = Files.createDirectories(proc.resolve(thread));
    Files.writeString(
        folder.resolve("status"),
        "Name:\tjava\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n"
            .formatted(voluntary, involuntary));
  }
}
