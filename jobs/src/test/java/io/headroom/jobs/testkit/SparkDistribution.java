package io.headroom.jobs.testkit;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Spark as its project ships it: the Python package {@code pyspark} holds a whole distribution. It
 * is installed once, below the build's folder; pip keeps what it downloaded.
 */
public final class SparkDistribution {
  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(15);

  private SparkDistribution() {}

  /**
   * Its {@code SPARK_HOME}. Where it cannot be installed the test that asks for it is skipped and
   * says why; in continuous integration ({@code CI=true}) that is a failure.
   */
  public static Path require(String version, Path scratch) throws Exception {
    Path folder = SharedData.projectRoot().resolve("jobs/target/pyspark-" + version);
    Path installed = folder.resolve("installed");
    if (!Files.exists(installed)) {
      String problem = install(version, folder, scratch);
      Prerequisite.require(
          problem.isEmpty()
              ? ""
              : "pyspark %s cannot be installed: %s".formatted(version, problem));
      Files.createFile(installed);
    }
    return folder.resolve("deps");
  }

  /** Empty, or why it failed. */
  private static String install(String version, Path folder, Path scratch)
      throws IOException, InterruptedException {
    try {
      // Not installed: to build Python's own package of it takes longer than all that is tested.
      ChildProcess done =
          ChildProcess.run(
              scratch,
              LONGEST_DOWNLOAD,
              List.of(
                  "bash",
                  "-c",
                  """
                  set -e
                  rm -rf "$1"
                  mkdir -p "$1"
                  python3 -m pip download --quiet --no-deps --no-cache-dir --dest "$1" \
                    "pyspark==$2"
                  tar xzf "$1"/pyspark-*.tar.gz -C "$1" --strip-components 1 --wildcards '*/deps/*'
                  rm "$1"/pyspark-*.tar.gz
                  """,
                  "bash",
                  folder.toString(),
                  version));
      return done.exitStatus() == 0 ? "" : String.join(" ", done.err());
    } catch (IOException | IllegalStateException e) {
      return e.getMessage();
    }
  }
}
