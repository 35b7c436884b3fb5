package io.headroom.jobs.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Has files and folders of this machine get the modes that the umask of this process gives, as
 * those of every tool of the shell do. Hadoop sets modes itself, by a setting of its own that is
 * 022 unless somebody says otherwise; whoever says otherwise is obeyed. Java does not tell the
 * umask: a folder that the platform makes shows it, with what the folder around it asks for. On
 * other file systems nothing changes.
 */
final class FileModes {
  /** Of the probes, which are there for a moment. */
  static final String PREFIX = ".umask-";

  private static final String SETTING = "fs.permissions.umask-mode";
  private static final String DEFAULTS = "core-default.xml";
  private static final int ALL = 0777;

  private final FileSystem files;
  private final Map<String, String> settings;

  private FileModes(FileSystem files, Map<String, String> settings) {
    this.files = files;
    this.settings = settings;
  }

  /**
   * @param folder exists and may be written
   */
  static FileModes in(FileSystem given, Path folder) throws IOException {
    if (!(given instanceof LocalFileSystem local) || isTold(given)) {
      return new FileModes(given, Map.of());
    }
    java.nio.file.Path around = local.pathToFile(folder).toPath();
    if (!Files.getFileStore(around).supportsFileAttributeView("posix")) {
      return new FileModes(given, Map.of());
    }
    // File systems that Spark or others have opened already know another umask.
    Map<String, String> settings =
        Map.of(
            SETTING,
            "%03o".formatted(umask(around)),
            "fs.%s.impl.disable.cache".formatted(given.getScheme()),
            "true");
    Configuration configuration = new Configuration(given.getConf());
    settings.forEach(configuration::set);
    FileSystem files = FileSystem.newInstance(given.getUri(), configuration);
    files.setWriteChecksum(false);
    return new FileModes(files, settings);
  }

  /**
   * Makes a folder and what is missing above it, before there is any that could tell the umask.
   *
   * @return false if it cannot be made
   */
  static boolean makeFolder(FileSystem files, Path folder) throws IOException {
    if (!(files instanceof LocalFileSystem local) || isTold(files)) {
      return files.mkdirs(folder);
    }
    Files.createDirectories(local.pathToFile(folder).toPath());
    return true;
  }

  /** Whether somebody has set Hadoop's own umask. */
  private static boolean isTold(FileSystem files) {
    String[] sources = files.getConf().getPropertySources(SETTING);
    return sources != null && !sources[sources.length - 1].equals(DEFAULTS);
  }

  private static int umask(java.nio.file.Path around) throws IOException {
    java.nio.file.Path probe = Files.createDirectory(around.resolve(PREFIX + UUID.randomUUID()));
    try {
      return ALL & ~mode(Files.getPosixFilePermissions(probe));
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /** As nine bits, the owner's reading the highest. */
  private static int mode(Set<PosixFilePermission> permissions) {
    return FsPermission.valueOf("-" + PosixFilePermissions.toString(permissions)).toShort();
  }

  /** The file system, which gives what it makes these modes. */
  FileSystem files() {
    return files;
  }

  /** With them as options Spark's writers do so too, on executors as here. */
  Map<String, String> settings() {
    return settings;
  }
}
