package io.headroom.jobs.testkit;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A command at work, as {@link ChildProcess} has it after its end. */
public final class RunningProcess implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final List<String> command;
  private final Process process;
  private final Path out;
  private final Path err;
  private final Set<ProcessHandle> children = new LinkedHashSet<>();

  private RunningProcess(List<String> command, Process process, Path out, Path err) {
    this.command = command;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * @param scratch where its output is kept
   */
  public static RunningProcess start(Path scratch, List<String> command) throws IOException {
    return start(scratch, Map.of(), command);
  }

  /**
   * @param scratch where its output is kept
   * @param environment variables beside those that it inherits
   */
  public static RunningProcess start(
      Path scratch, Map<String, String> environment, List<String> command) throws IOException {
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
    return new RunningProcess(command, builder.start(), out, err);
  }

  /**
   * The launcher, whose Spark is small and has no pages.
   *
   * @param scratch where its output and what Spark spills are kept
   * @param command with {@code --} before the words for Spark, at the end
   */
  public static RunningProcess launch(Path scratch, List<String> command) throws Exception {
    List<String> words = new ArrayList<>(command);
    words.addAll(
        List.of(
            "--driver-memory",
            "1g",
            "--conf",
            "spark.ui.enabled=false",
            "--conf",
            "spark.local.dir=" + scratch));
    return start(scratch, SharedClasses.usedByFirstCompiler(scratch), words);
  }

  public long pid() {
    return process.pid();
  }

  /** What it has written to standard error so far. */
  public String errors() throws IOException {
    return Files.readString(err);
  }

  /** What it has started and is still there. */
  public List<ProcessHandle> children() {
    List<ProcessHandle> now = process.descendants().toList();
    children.addAll(now);
    return now;
  }

  /**
   * Looks until the condition holds.
   *
   * @throws IllegalStateException if it has not come to hold in time, or the process has ended
   */
  public void await(String what, Duration longest, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!condition.getAsBoolean()) {
      boolean ended = process.waitFor(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
      if (ended || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s %s before %s: %s"
                .formatted(command, ended ? "has ended" : "has run " + longest, what, errors()));
      }
    }
  }

  /** Ends it as a machine does that runs out of memory: it hears nothing of it. */
  public void kill() throws InterruptedException {
    children();
    process.destroyForcibly().waitFor();
  }

  /**
   * Waits for its end.
   *
   * @throws IllegalStateException if it has not ended in time
   */
  public ChildProcess end(Duration longest) throws IOException, InterruptedException {
    if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          "%s has not ended in %s: %s".formatted(command, longest, Files.readString(err)));
    }
    return new ChildProcess(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
  }

  @Override
  public void close() {
    children();
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
