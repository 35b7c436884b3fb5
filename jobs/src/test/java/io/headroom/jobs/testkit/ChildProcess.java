package io.headroom.jobs.testkit;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command in a process of its own, from the project's folder, with Spark on the loopback address.
 * Nothing that it starts outlives it.
 *
 * @param out lines of standard output
 * @param err lines of standard error
 */
public record ChildProcess(int exitStatus, List<String> out, List<String> err) {

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
    Path out = Files.createTempFile(scratch, "out", ".txt");
    Path err = Files.createTempFile(scratch, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(SharedData.projectRoot().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().keySet().removeAll(List.of("SPARK_HOME", "HEADROOM_HOME"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "%s has not ended in %s: %s".formatted(command, longest, Files.readString(err)));
      }
      return new ChildProcess(
          process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
