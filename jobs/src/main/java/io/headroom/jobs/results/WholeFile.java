package io.headroom.jobs.results;

import io.headroom.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A file of this machine that appears as a whole or not at all. */
public final class WholeFile {
  private final Path file;

  private WholeFile(Path file) {
    this.file = file;
  }

  /**
   * @throws UserException if no file can be written there, as far as can be known before
   */
  public static WholeFile at(Path file) {
    Path folder = folder(file);
    if (Files.isDirectory(file)) {
      throw new UserException("--out %s: is a folder; allowed: a file".formatted(file));
    }
    if (!Files.isDirectory(folder)) {
      throw new UserException(
          "--out %s: %s is no folder; allowed: a file in a folder that exists"
              .formatted(file, folder));
    }
    if (!Files.isWritable(folder)) {
      throw new UserException("--out %s: %s cannot be written".formatted(file, folder));
    }
    return new WholeFile(file);
  }

  /**
   * Replaces what was there.
   *
   * @throws UserException if it cannot be written, such as for want of space
   */
  public void write(String text) {
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toAbsolutePath().toUri());
      FileModes modes = FileModes.in(FileSystem.getLocal(new Configuration()), path.getParent());
      new AtomicFiles(modes.files()).write(path, text);
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Path folder(Path file) {
    return file.toAbsolutePath().getParent() == null
        ? file.toAbsolutePath()
        : file.toAbsolutePath().getParent();
  }
}
