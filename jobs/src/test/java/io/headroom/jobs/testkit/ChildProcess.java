package io.headroom.jobs.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A command in a process of its own, from the project's folder, with Spark on the loopback address.
 * Nothing that it starts outlives it.
 *
 * @param out lines of standard output
 * @param err lines of standard error
 */
public record ChildProcess(int exitStatus, List<String> out, List<String> err) {
  /**
   * A variable by which every JVM compiles with its first compiler alone, and has no vectors, and
   * collects garbage in one thread: commands that are over before better would pay take two thirds
   * of the time.
   */
  public static final Map<String, String> FIRST_COMPILER =
      Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

  /**
   * Lines of standard error without those of the JVM: of modules that are new or opened (one on 17,
   * two on 25), and of variables that it heeds.
   */
  public List<String> errorsOfHeadroom() {
    return err.stream()
        .filter(line -> !line.startsWith("WARNING: ") && !line.startsWith("Picked up "))
        .toList();
  }

  /**
   * @param scratch where its output is kept
   * @throws IllegalStateException if it has not ended in time
   */
  public static ChildProcess run(Path scratch, Duration longest, List<String> command)
      throws IOException, InterruptedException {
    return run(scratch, longest, Map.of(), command);
  }

  /**
   * @param environment variables beside those that it inherits
   * @throws IllegalStateException as above
   */
  public static ChildProcess run(
      Path scratch, Duration longest, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    try (RunningProcess running = RunningProcess.start(scratch, environment, command)) {
      return running.end(longest);
    }
  }
}
