package io.headroom.jobs.results;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.apache.hadoop.fs.Path;

/** Paths, and what is wrong with them, as messages show them. */
public final class FilePaths {
  private FilePaths() {}

  /** Without the scheme where it is this machine's own. */
  public static String plain(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  /** Why it went wrong; of some failures Java tells by their type alone. */
  static String reason(IOException thrown) {
    if (thrown instanceof AccessDeniedException) {
      return "permission denied: " + thrown.getMessage();
    }
    if (thrown instanceof NoSuchFileException) {
      return "no such file or folder: " + thrown.getMessage();
    }
    return thrown.getMessage();
  }
}
