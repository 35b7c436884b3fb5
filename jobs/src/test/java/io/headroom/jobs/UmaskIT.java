package io.headroom.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.testkit.ChildProcess;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.testkit.SharedClasses;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results are as private, or as shared, as all that a user's shell makes. */
class UmaskIT {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Path ROOT = SharedData.projectRoot();

  private static final String SWEEP =
      """
      models = [qwen2-0.5b]
      kv-heads = [mqa]
      sequences { lengths = [16, 8] }
      decode-tokens = 1
      measure { min-samples = 2, max-seconds-per-cell = 0.01 }
      """;

  @TempDir Path folder;

  @Test
  void whatIsPrivateStaysPrivate() throws Exception {
    ScratchSweep sweep = ScratchSweep.of(folder, SWEEP);
    Path page = folder.resolve("page.html");

    run("077", "sweep", sweep.conf(), "--out", sweep.out(), "--", "--master", "local[1]");
    run("077", "report", sweep.out(), "--out", page, "--", "--master", "local[1]");

    assertModes(sweep.out(), "rwx------", "rw-------");
    assertThat(modes(page)).isEqualTo("rw-------");
  }

  /**
   * Files by executors, which are processes of their own; then more of them in that folder, by
   * Hadoop's own umask: whoever sets that means it.
   */
  @Test
  void whatIsSharedWithAGroupStaysShared() throws Exception {
    ScratchSweep sweep = ScratchSweep.of(folder, SWEEP);

    String cluster = "local-cluster[1,1,1024]";
    run("002", "sweep", sweep.conf(), "--out", sweep.out(), "--", "--master", cluster);
    assertModes(sweep.out(), "rwxrwxr-x", "rw-rw-r--");

    for (Path wave : sweep.waveFiles()) {
      Files.delete(wave);
    }
    run(
        "022",
        "sweep",
        sweep.conf(),
        "--resume",
        "--out",
        sweep.out(),
        "--",
        "--master",
        cluster,
        "--conf",
        "spark.hadoop.fs.permissions.umask-mode=027");

    assertThat(sweep.waveFiles()).isNotEmpty().allMatch(wave -> modes(wave).equals("rw-r-----"));
    assertThat(modes(sweep.out())).as("made before").isEqualTo("rwxrwxr-x");
  }

  private void run(String umask, Object... command) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("bash", "-c", "umask %s; exec \"$@\"".formatted(umask), "bash"));
    words.add(ROOT.resolve("jobs/bin/headroom").toString());
    Arrays.stream(command).map(Object::toString).forEach(words::add);
    words.addAll(List.of("--driver-memory", "1g"));
    words.addAll(List.of("--conf", "spark.ui.enabled=false"));
    words.addAll(List.of("--conf", "spark.local.dir=" + folder));
    ChildProcess ended =
        ChildProcess.run(folder, LONGEST, SharedClasses.usedByFirstCompiler(folder), words);
    assertThat(ended.exitStatus()).as(ended.toString()).isZero();
  }

  private static void assertModes(Path out, String folders, String files) throws IOException {
    Map<String, String> wanted = new TreeMap<>();
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(out)) {
      for (Path path : all.toList()) {
        String name = out.relativize(path).toString();
        wanted.put(name, Files.isDirectory(path) ? folders : files);
        found.put(name, modes(path));
      }
    }
    assertThat(found)
        .containsKeys("", "manifest.json", "sweep.conf", "summary/summary.parquet")
        .isEqualTo(wanted);
  }

  private static String modes(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
