package io.headroom.jobs.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds the files that a configuration names. */
public final class FileLocator {
  private final Path folder;

  private FileLocator(Path folder) {
    this.folder = folder;
  }

  /** Finds files of a configuration that lies here. */
  public static FileLocator beside(Path configuration) {
    return new FileLocator(configuration.toAbsolutePath().getParent());
  }

  /**
   * Where a file lies: relative paths are sought beside the configuration, then in the working
   * directory. Addresses of other file systems, and what is in neither place, are left as they are.
   *
   * @throws io.headroom.UserException if it is no path
   */
  public String locate(Settings.Element element) {
    String path = element.string();
    if (path.contains("://")) {
      return path;
    }
    try {
      Path beside = folder.resolve(path);
      if (Files.exists(beside)) {
        return beside.normalize().toString();
      }
      Path here = Path.of(path);
      return Files.exists(here) ? here.toAbsolutePath().normalize().toString() : path;
    } catch (InvalidPathException e) {
      throw element.wrong("must be a path: " + e.getReason());
    }
  }
}
