package io.headroom.jobs.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** The jar that this program is in, as a folder of files; or the folder of its classes. */
final class JobJar {
  private static final Path ROOT = open();

  private JobJar() {}

  /** Read only; open as long as the program runs. */
  static Path root() {
    return ROOT;
  }

  private static Path open() {
    try {
      Path place =
          Path.of(JobJar.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.isDirectory(place) ? place : FileSystems.newFileSystem(place).getPath("/");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
