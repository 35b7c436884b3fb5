package io.headroom.jobs.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.headroom.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Where one sweep's results lie: {@code manifest.json}, {@code sweep.conf}, {@code measurements}
 * and {@code summary}. Any file system that Hadoop knows will do.
 */
final class OutputFolder {
  private static final String MANIFEST = "manifest.json";
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;
  private final FileSystem files;

  private OutputFolder(Path folder, FileSystem files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * @throws UserException if no such folder can be written
   */
  static OutputFolder at(String out) {
    try {
      Path path = new Path(out);
      FileSystem files = path.getFileSystem(new Configuration());
      files.setWriteChecksum(false);
      return new OutputFolder(files.makeQualified(path), files);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("--out %s: %s".formatted(out, e.getMessage()), e);
    }
  }

  Dataset<Row> measurements(SparkSession spark) {
    return spark
        .read()
        .schema(MeasurementTable.SCHEMA)
        .parquet(new Path(folder, "measurements").toString());
  }

  /**
   * Adds rows to the measurements as one file, which appears when it is whole.
   *
   * @throws UserException if it cannot be written, such as for want of space
   */
  void append(Dataset<Row> rows) {
    write(rows, SaveMode.Append, new Path(folder, "measurements"));
  }

  /**
   * Replaces the summary.
   *
   * @throws UserException as {@link #append}
   */
  void replaceSummary(Dataset<Row> rows) {
    write(rows, SaveMode.Overwrite, new Path(folder, "summary"));
  }

  private static void write(Dataset<Row> rows, SaveMode mode, Path path) {
    try {
      rows.coalesce(1).write().mode(mode).parquet(path.toString());
    } catch (Exception e) {
      // Spark throws checked exceptions that Java does not know of.
      throw innermostIoException(e)
          .map(
              cause ->
                  new UserException(
                      "%s: cannot be written: %s; what was written before is kept, --resume goes on from it"
                          .formatted(path, cause.getMessage()),
                      e))
          .orElseThrow(() -> new IllegalStateException("writing " + path + " failed", e));
    }
  }

  private static Optional<IOException> innermostIoException(Throwable thrown) {
    Optional<IOException> innermost = Optional.empty();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException io) {
        innermost = Optional.of(io);
      }
    }
    return innermost;
  }

  boolean hasMeasurements() {
    return exists(new Path(folder, "measurements"));
  }

  /** What was written by the sweep that owns the folder; empty if the folder is new or empty. */
  Optional<JsonNode> manifest() {
    Path manifest = new Path(folder, MANIFEST);
    if (!exists(manifest)) {
      return Optional.empty();
    }
    try (InputStream in = files.open(manifest)) {
      return Optional.of(JSON.readTree(in));
    } catch (JsonProcessingException e) {
      throw new UserException(
          "%s: not JSON: %s".formatted(plain(manifest), e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(plain(manifest), e.getMessage()), e);
    }
  }

  /**
   * Checks before anything starts that the folder may be written by this sweep.
   *
   * @throws UserException if it is somebody else's, or cannot be written
   */
  void requireFor(String planFingerprint, boolean resume) {
    Optional<JsonNode> manifest = manifest();
    if (manifest.isEmpty()) {
      if (!isEmpty()) {
        throw new UserException(
            "--out %s: is not empty and holds no sweep; allowed: a new folder".formatted(this));
      }
      requireFolderAbove();
      return;
    }
    String name = manifest.get().path("name").asText();
    if (!resume) {
      throw new UserException(
          "--out %s: holds the sweep %s; allowed: a new folder, or --resume to finish it"
              .formatted(this, name));
    }
    if (!manifest.get().path("plan").asText().equals(planFingerprint)) {
      throw new UserException(
          "--out %s: holds the sweep %s of another configuration; allowed: a new folder, or --resume with the configuration that began it"
              .formatted(this, name));
    }
  }

  /** The nearest thing above that exists must be a folder that may be written. */
  private void requireFolderAbove() {
    try {
      Path above = folder;
      while (!files.exists(above) && above.getParent() != null) {
        above = above.getParent();
      }
      if (!files.getFileStatus(above).isDirectory()) {
        throw new UserException(
            "--out %s: cannot be made: %s is not a folder".formatted(this, plain(above)));
      }
      files.access(above, FsAction.WRITE_EXECUTE);
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be made: %s".formatted(this, e.getMessage()), e);
    }
  }

  void create() {
    try {
      if (!files.mkdirs(folder)) {
        throw new UserException("--out %s: cannot be made".formatted(this));
      }
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be made: %s".formatted(this, e.getMessage()), e);
    }
  }

  void writeManifest(Object manifest) {
    try {
      write(MANIFEST, JSON.writeValueAsString(manifest) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest is made of plain values", e);
    }
  }

  void writeSettings(String hocon) {
    write("sweep.conf", hocon);
  }

  /** Replaces a file as a whole: whoever reads it sees the old text or the new. */
  private void write(String name, String text) {
    Path file = new Path(folder, name);
    Path temporary = new Path(folder, "." + name + ".tmp");
    try {
      try (OutputStream out = files.create(temporary, true)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      FileContext.getFileContext(folder.toUri()).rename(temporary, file, Options.Rename.OVERWRITE);
    } catch (IOException e) {
      throw new UserException(
          "%s: cannot be written: %s".formatted(plain(file), e.getMessage()), e);
    }
  }

  private boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private boolean isEmpty() {
    try {
      return !files.exists(folder) || files.listStatus(folder).length == 0;
    } catch (IOException e) {
      throw new UserException("--out %s: %s".formatted(this, e.getMessage()), e);
    }
  }

  @Override
  public String toString() {
    return plain(folder);
  }

  /** Without the scheme where it is this machine's own. */
  private static String plain(Path path) {
    return path.toUri().getScheme().equals("file") ? path.toUri().getPath() : path.toString();
  }
}
