package io.headroom.jobs.traces;

import io.headroom.UserException;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * A trace on any file system that Hadoop knows.
 *
 * @param name the path as the user wrote it
 * @param sparkPath the same path with nothing left that Spark would take for a pattern
 * @param bytes of the file, compressed if it is
 * @param firstLine without its end; of a line that is very long, the beginning
 */
record TraceFile(String name, String sparkPath, long bytes, String firstLine) {
  private static final int LONGEST_FIRST_LINE = 1 << 20;

  /** Those that Hadoop reads on every machine. */
  private static final List<String> COMPRESSIONS = List.of(".gz", ".bz2", ".deflate");

  /**
   * @throws UserException if there is no such file, or it is a directory, empty or unreadable
   */
  static TraceFile open(String name, Configuration hadoop) {
    try {
      Path path = new Path(name);
      FileSystem files = path.getFileSystem(hadoop);
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
      String firstLine = firstLine(files, path, hadoop);
      if (firstLine == null) {
        throw new UserException("%s: an empty file, no trace".formatted(name));
      }
      return new TraceFile(
          name, withoutPattern(files.makeQualified(path)), status.getLen(), firstLine);
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

  /** Null for an empty file. */
  private static String firstLine(FileSystem files, Path path, Configuration hadoop)
      throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(path);
    if (codec != null && !COMPRESSIONS.contains(codec.getDefaultExtension())) {
      throw new IOException(
          "compressed as %s; allowed: %s, or plain text"
              .formatted(codec.getDefaultExtension(), String.join(", ", COMPRESSIONS)));
    }
    try (InputStream bytes = files.open(path);
        InputStream text = BoundedLines.decompressed(bytes, codec);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      int character = reader.read();
      if (character < 0) {
        return null;
      }
      StringBuilder line = new StringBuilder();
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
}
