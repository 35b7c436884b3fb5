package io.headroom.jobs.results;

import org.apache.hadoop.fs.Path;

/** Paths as messages show them. */
public final class FilePaths {
  private FilePaths() {}

  /** Without the scheme where it is this machine's own. */
  public static String plain(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }
}
