package io.headroom.jobs.spark;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

/** File systems by the scheme of a path, as far as Spark has their libraries. */
public final class SchemeFileSystems {
  /** Of Hadoop, by scheme; Spark ships none of them. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "s3a", "hadoop-aws",
          "abfs", "hadoop-azure",
          "abfss", "hadoop-azure",
          "gs", "hadoop-gcp");

  private SchemeFileSystems() {}

  /**
   * @throws UnsupportedFileSystemException if no library has it, with the one that would
   * @throws IOException if it cannot be reached
   * @throws IllegalArgumentException if the path is none
   */
  public static FileSystem of(Path path, Configuration hadoop) throws IOException {
    try {
      return path.getFileSystem(hadoop);
    } catch (RuntimeException e) {
      // Hadoop knows the name of a class that the library would bring.
      if (ExceptionUtils.throwableOfType(e, ClassNotFoundException.class) == null) {
        throw e;
      }
      throw missing(path.toUri().getScheme(), e);
    }
  }

  private static IOException missing(String scheme, RuntimeException cause) {
    String advice =
        Optional.ofNullable(LIBRARIES.get(scheme))
            .map(
                library ->
                    ", such as by -- --packages org.apache.hadoop:%s:%s"
                        .formatted(library, VersionInfo.getVersion()))
            .orElse("");
    IOException thrown =
        new UnsupportedFileSystemException(
            "this Spark has no library for %s://; add it%s".formatted(scheme, advice));
    thrown.initCause(cause);
    return thrown;
  }
}
