package io.headroom.jobs.testkit;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The classes of the embedded Spark as one JVM has loaded them, which others share: to load and
 * verify the twenty thousand that a sweep needs is most of the time of a short one. A JVM that runs
 * another Spark does not find its own there, and says nothing.
 */
public final class SharedClasses {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Path TARGET = SharedData.projectRoot().resolve("jobs/target");
  private static final Path JAR = TARGET.resolve("headroom-jobs.jar");
  private static final Path LOCK = TARGET.resolve("spark-classes.lock");
  private static final String OPTIONS = "JAVA_TOOL_OPTIONS";

  private static final String SWEEP =
      """
      models = [qwen2-0.5b]
      kv-heads = [mqa]
      sequences { lengths = [8] }
      decode-tokens = 1
      measure { min-samples = 1, max-seconds-per-cell = 0.01 }
      """;

  private SharedClasses() {}

  /**
   * A variable by which every JVM that a command starts begins sooner.
   *
   * @param scratch where a sweep is run, if none was yet
   */
  public static Map<String, String> used(Path scratch) throws IOException, InterruptedException {
    return Map.of(OPTIONS, "-XX:SharedArchiveFile=%s -Xlog:disable".formatted(archive(scratch)));
  }

  /** The same, and {@link ChildProcess#FIRST_COMPILER}. */
  public static Map<String, String> usedByFirstCompiler(Path scratch)
      throws IOException, InterruptedException {
    return Map.of(
        OPTIONS, used(scratch).get(OPTIONS) + " " + ChildProcess.FIRST_COMPILER.get(OPTIONS));
  }

  private static synchronized Path archive(Path scratch) throws IOException, InterruptedException {
    try (FileChannel channel = FileChannel.open(LOCK, CREATE, WRITE)) {
      // Tests of other JVMs want it at the same time; closing the file lets go of it.
      channel.lock();
      Path archive = TARGET.resolve("spark-classes-%s.jsa".formatted(Runtime.version()));
      if (!Files.exists(archive)
          || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(JAR)) <= 0) {
        make(archive, scratch);
      }
      return archive;
    }
  }

  private static void make(Path archive, Path scratch) throws IOException, InterruptedException {
    ScratchSweep sweep =
        ScratchSweep.of(Files.createTempDirectory(scratch, "shared-classes"), SWEEP);
    ChildProcess run =
        ChildProcess.run(
            scratch,
            LONGEST,
            Map.of(
                OPTIONS,
                ChildProcess.FIRST_COMPILER.get(OPTIONS),
                "SPARK_SUBMIT_OPTS",
                "-XX:ArchiveClassesAtExit=%s -Xlog:disable".formatted(archive)),
            sweep.launch("--", "--master", "local[1]", "--driver-memory", "1g"));
    if (run.exitStatus() != 0 || !Files.exists(archive)) {
      throw new IllegalStateException("no classes to share: " + run);
    }
  }
}
