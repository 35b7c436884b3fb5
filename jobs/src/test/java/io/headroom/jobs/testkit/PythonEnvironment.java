package io.headroom.jobs.testkit;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A virtual environment below the build's folder. It is made once, and again when its requirements
 * have changed.
 */
public final class PythonEnvironment {
  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(15);

  /** Tests import a small part of what pip would compile. */
  private static final Map<String, String> COMPILED_WHEN_USED = Map.of("PIP_COMPILE", "0");

  private PythonEnvironment() {}

  /** Where it is, or will be. */
  public static Path folder() {
    return SharedData.projectRoot().resolve("jobs/target/python");
  }

  /**
   * Makes it. Where it cannot be made, that is what the tests that need it {@link
   * Prerequisite#require}.
   *
   * @param commands of a shell, which make {@link #folder} and install the requirements there
   * @return empty, or why it could not be made
   */
  public static String install(Path requirements, List<String> commands, Path scratch)
      throws IOException, InterruptedException {
    Path installed = folder().resolve(requirements.getFileName());
    if (Files.exists(installed) && Files.mismatch(installed, requirements) == -1) {
      return "";
    }
    for (String command : commands) {
      String problem = run(command, scratch);
      if (!problem.isEmpty()) {
        return "no Python environment: %s: %s".formatted(command, problem);
      }
    }
    Files.copy(requirements, installed, StandardCopyOption.REPLACE_EXISTING);
    return "";
  }

  /** Empty, or why it failed. */
  private static String run(String command, Path scratch) throws IOException, InterruptedException {
    try {
      ChildProcess run =
          ChildProcess.run(
              scratch, LONGEST_DOWNLOAD, COMPILED_WHEN_USED, List.of("bash", "-c", command));
      return run.exitStatus() == 0
          ? ""
          : "exit status %d %s".formatted(run.exitStatus(), String.join(" ", run.err()));
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }
}
