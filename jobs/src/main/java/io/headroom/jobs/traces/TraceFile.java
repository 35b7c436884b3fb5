package io.headroom.jobs.traces;

import io.headroom.ForeignFile;
import io.headroom.UserException;
import io.headroom.jobs.spark.SchemeFileSystems;
import io.headroom.workload.TraceHead;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A trace on any file system that Hadoop knows.
 *
 * @param name the path as the user wrote it
 * @param sparkPath the same path with nothing left that Spark would take for a pattern
 * @param bytes of the file, compressed if it is
 * @param firstLine without its end; of a line that is very long, the beginning; empty for Parquet
 */
record TraceFile(
    String name,
    String sparkPath,
    long bytes,
    TraceStorage storage,
    String firstLine,
    TraceHead head) {
  private static final int LONGEST_FIRST_LINE = 1 << 20;

  /**
   * @throws UserException if there is no such file, or it is a directory, empty, unreadable or of
   *     another kind
   */
  static TraceFile open(String name, Configuration hadoop) {
    try {
      Path path = new Path(name);
      FileSystem files = SchemeFileSystems.of(path, hadoop);
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        throw new UserException("%s: a directory; a trace is one file".formatted(name));
      }
      if (files instanceof LocalFileSystem local && !local.pathToFile(path).isFile()) {
        throw new UserException("%s: no regular file; a trace is one file".formatted(name));
      }
      // Spark passes such files over without a word.
      if (path.getName().startsWith("_") || path.getName().startsWith(".")) {
        throw new UserException(
            "%s: Spark reads no file whose name begins with _ or a dot".formatted(name));
      }
      TraceStorage storage = storage(name, files, path);
      String sparkPath = withoutPattern(files.makeQualified(path));
      if (storage.isColumnar()) {
        TraceHead head = ParquetRows.head(name, status, hadoop);
        return new TraceFile(name, sparkPath, status.getLen(), storage, "", head);
      }
      String firstLine = firstLine(name, files, path, storage, hadoop);
      return new TraceFile(
          name, sparkPath, status.getLen(), storage, firstLine, TraceHead.ofLine(firstLine));
    } catch (FileNotFoundException e) {
      throw new UserException("%s: no such file".formatted(name), e);
    } catch (IOException e) {
      throw new UserException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new UserException("%s: not a path: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static String withoutPattern(Path path) {
    return path.toString().replaceAll("[{}\\[\\]*?\\\\]", "\\\\$0");
  }

  private static TraceStorage storage(String name, FileSystem files, Path path) throws IOException {
    try (InputStream bytes = files.open(path)) {
      return TraceStorage.of(name, bytes.readNBytes(ForeignFile.START_BYTES));
    }
  }

  /**
   * @throws UserException if there is none, or the file is of another kind
   */
  private static String firstLine(
      String name, FileSystem files, Path path, TraceStorage storage, Configuration hadoop)
      throws IOException {
    try (InputStream bytes = files.open(path);
        InputStream text = new BufferedInputStream(storage.text(bytes, hadoop))) {
      text.mark(ForeignFile.START_BYTES);
      byte[] start = text.readNBytes(ForeignFile.START_BYTES);
      if (start.length == 0) {
        throw new UserException("%s: an empty file, no trace".formatted(name));
      }
      Optional<ForeignFile> foreign = ForeignFile.of(start);
      if (foreign.isPresent()) {
        throw new UserException("%s: %s".formatted(name, foreign.get().description()));
      }
      text.reset();
      return firstLine(text);
    }
  }

  private static String firstLine(InputStream text) throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    StringBuilder line = new StringBuilder();
    int character = reader.read();
    while (character >= 0
        && character != '\n'
        && character != '\r'
        && line.length() < LONGEST_FIRST_LINE) {
      line.append((char) character);
      character = reader.read();
    }
    return line.toString();
  }
}
