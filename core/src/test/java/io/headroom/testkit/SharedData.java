package io.headroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The data that lies beside the project and not in it: {@code ../shared}, seen from the root. Where
 * a file is missing the test that asks for it is skipped and says which.
 */
public final class SharedData {
  private SharedData() {}

  /** A file or folder such as {@code golden/kv-bytes.csv}; skips the test where it is missing. */
  public static Path require(String name) {
    Path path = projectRoot().resolveSibling("shared").resolve(name);
    Assumptions.assumeTrue(
        Files.exists(path), () -> "no ../shared/" + name + " beside the project");
    return path;
  }

  /**
   * The files of a folder whose names end so, sorted; skips the test where the folder is missing.
   */
  public static List<Path> files(String folder, String ending) {
    try (Stream<Path> files = Files.list(require(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder that holds core, jobs and conf. */
  public static Path projectRoot() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("core/src"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("not inside the project: " + Path.of("").toAbsolutePath());
    }
    return folder;
  }
}
