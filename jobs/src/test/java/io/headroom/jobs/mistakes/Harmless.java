package io.headroom.jobs.mistakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.ScratchSweep;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs a command on a malformed input and looks at what it says, takes and leaves behind. */
final class Harmless {
  /** That it ends at all: a busy machine may take many times the fraction of a second it needs. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static final long MOST_ALLOCATED_BYTES = 512L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private record Told(CommandRun run, long allocatedBytes) {}

  private Harmless() {}

  static void check(MalformedInput input, Path folder) throws IOException {
    List<String> arguments = input.preparation().in(folder);
    List<String> before = ScratchSweep.snapshot(folder);

    Told told = assertTimeoutPreemptively(LONGEST, () -> run(arguments));

    CommandRun run = told.run();
    assertThat(run.exitStatus()).as(run.err().toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("headroom: " + expected(input, folder, arguments))
        .hasSizeLessThan(5000);
    assertThat(run.err().get(0).chars()).noneMatch(Character::isISOControl);
    assertThat(told.allocatedBytes()).isLessThan(MOST_ALLOCATED_BYTES);
    assertThat(ScratchSweep.snapshot(folder)).isEqualTo(before);
  }

  private static Told run(List<String> arguments) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    return new Told(run, THREADS.getCurrentThreadAllocatedBytes() - before);
  }

  /** PATH stands for the first argument of the command, escaped as messages are. */
  private static String expected(MalformedInput input, Path folder, List<String> arguments) {
    return input
        .message()
        .replace("PATH", arguments.get(1).replace("\u001b", "\\u001b"))
        .replace("FOLDER", folder.toString());
  }
}
