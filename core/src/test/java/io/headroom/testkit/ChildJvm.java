package io.headroom.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Runs a main class in a JVM of its own: where a class path or a heap must differ from ours. */
public final class ChildJvm {
  private ChildJvm() {}

  /** What a JVM printed, both streams together, and how it ended. */
  public record Result(int exitStatus, List<String> lines) {}

  /** With all of our class path. */
  public static Result run(Class<?> main, List<String> jvmArguments) {
    return run(main, jvmArguments, entry -> true);
  }

  /**
   * @param classPathEntry which entries of our class path the JVM gets, by file name
   */
  public static Result run(
      Class<?> main, List<String> jvmArguments, Predicate<String> classPathEntry) {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> classPathEntry.test(Path.of(entry).getFileName().toString()))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", classPath, main.getName()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + main.getName() + " ran", e);
    }
  }
}
