package io.headroom.jobs.sweep.folder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.headroom.UserException;
import io.headroom.jobs.sweep.plan.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Where one sweep's results lie: {@code manifest.json}, {@code sweep.conf}, {@code measurements}
 * and {@code summary}. Any file system that Hadoop knows will do.
 */
public final class OutputFolder {
  /** What the manifest calls the resolved configuration, from which a sweep can be run again. */
  public static final String CONFIGURATION = "configuration";

  private static final String MANIFEST = "manifest.json";
  private static final String MEASUREMENTS = "measurements";
  private static final String SUMMARY = "summary";
  static final String STAGING = ".staging";

  /** What is on its way to its name. */
  private static final Pattern HIDDEN = Pattern.compile("\\.(staging|(lock|manifest)\\.json\\..*)");

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;
  private final FileSystem files;
  private FolderLock lock;

  private OutputFolder(Path folder, FileSystem files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * @throws UserException if no such folder can be written
   */
  public static OutputFolder at(String out) {
    try {
      Path path = new Path(out);
      FileSystem files = path.getFileSystem(configuration());
      files.setWriteChecksum(false);
      return new OutputFolder(files.makeQualified(path), files);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("--out %s: %s".formatted(out, e.getMessage()), e);
    }
  }

  /** Hadoop's, with what Spark was told of it in {@code spark.hadoop}. */
  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    for (Tuple2<String, String> setting : new SparkConf().getAllWithPrefix("spark.hadoop.")) {
      configuration.set(setting._1(), setting._2());
    }
    return configuration;
  }

  /**
   * Makes the folder where it is missing, and keeps it for one run until the lock is closed. Only
   * then may anything be written. A folder in which the run wrote nothing is removed again.
   *
   * @throws UserException if another run holds it, or it cannot be written
   */
  public FolderLock lock(String runId) {
    try {
      boolean isNew = !files.exists(folder);
      if (!files.mkdirs(folder)) {
        throw new UserException("--out %s: cannot be made".formatted(this));
      }
      lock = FolderLock.acquire(files, folder, runId, isNew);
      return lock;
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be made: %s".formatted(this, e.getMessage()), e);
    }
  }

  /** Where the measurements of a finished sweep lie, for reading; they may be missing. */
  public Optional<String> finishedMeasurements() {
    Path measurements = new Path(folder, MEASUREMENTS);
    return exists(measurements) ? Optional.of(measurements.toString()) : Optional.empty();
  }

  /** Whether there is anything at this place yet. */
  public boolean exists() {
    return exists(folder);
  }

  /** The measurements, to which the holder of the lock adds. */
  public MeasurementFiles measurements(SparkSession spark) {
    return new MeasurementFiles(
        spark, files, new Path(folder, MEASUREMENTS), writer(), lock.runId());
  }

  /**
   * Replaces the summary: all that was in its folder.
   *
   * @throws UserException if it cannot be written, such as for want of space
   */
  public void replaceSummary(Dataset<Row> rows) {
    Path summary = new Path(folder, SUMMARY);
    Path file = new Path(summary, "summary.parquet");
    writer().write(rows, file);
    try {
      for (FileStatus status : files.listStatus(summary)) {
        if (!status.getPath().getName().equals(file.getName())) {
          files.delete(status.getPath(), true);
        }
      }
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(plain(summary), e.getMessage()), e);
    }
  }

  private ParquetWriter writer() {
    return new ParquetWriter(files, new Path(folder, STAGING), lock);
  }

  /**
   * What was written by the sweep that owns the folder; empty if the folder is new or empty.
   *
   * @throws UserException if it cannot be read, or is not JSON
   */
  public Optional<JsonNode> manifest() {
    Path written = new Path(folder, MANIFEST);
    Path manifest = exists(written) ? written : AtomicFiles.next(written);
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
  public void requireFor(String planFingerprint, boolean resume) {
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

  /**
   * Checks that the sweep in the folder, if there is one, was begun on the same sequences.
   *
   * @throws UserException if it was not, such as for a trace that has changed
   */
  public void requireWorkload(Workload workload) {
    Optional<JsonNode> manifest = manifest();
    if (manifest.isEmpty()
        || manifest.get().path("workload").asText().equals(workload.fingerprint())) {
      return;
    }
    throw new UserException(
        "--out %s: holds the sweep %s, begun on other sequences: %d then, %d of other lengths now; allowed: a new folder, or --resume with the sequences that began it"
            .formatted(
                this,
                manifest.get().path("name").asText(),
                manifest.get().path("sequences").asLong(),
                workload.sequences().size()));
  }

  /**
   * Makes the folders for tables, and removes what a killed run left half written.
   *
   * @throws UserException if they cannot be made, or another run has taken the folder over
   */
  public void prepare() {
    for (String table : List.of(MEASUREMENTS, SUMMARY)) {
      makeFolder(new Path(folder, table));
    }
    try {
      files.delete(new Path(folder, STAGING), true);
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be written: %s".formatted(this, e.getMessage()), e);
    }
  }

  private void makeFolder(Path path) {
    lock.requireHeld();
    try {
      if (!files.mkdirs(path)) {
        throw new UserException("%s: cannot be made".formatted(plain(path)));
      }
    } catch (IOException e) {
      throw new UserException("%s: cannot be made: %s".formatted(plain(path), e.getMessage()), e);
    }
  }

  /**
   * Replaces the manifest as a whole.
   *
   * @param manifest maps, lists and plain values
   * @throws UserException if it cannot be written, or another run has taken the folder over
   */
  public void writeManifest(Object manifest) {
    try {
      write(MANIFEST, JSON.writeValueAsString(manifest) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest is made of plain values", e);
    }
  }

  /**
   * Replaces the file from which the sweep can be run again.
   *
   * @throws UserException if it cannot be written, or another run has taken the folder over
   */
  public void writeSettings(String hocon) {
    write("sweep.conf", hocon);
  }

  /** Replaces a file as a whole: whoever reads it sees the old text or the new. */
  private void write(String name, String text) {
    Path file = new Path(folder, name);
    lock.requireHeld();
    try {
      new AtomicFiles(files).write(file, text);
    } catch (IOException e) {
      throw new UserException(
          "%s: cannot be written: %s".formatted(plain(file), oneLine(e.getMessage())), e);
    }
  }

  private boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** But for what a run leaves that was killed before it wrote anything. */
  private boolean isEmpty() {
    try {
      return !files.exists(folder)
          || Arrays.stream(files.listStatus(folder))
              .map(file -> file.getPath().getName())
              .allMatch(name -> name.equals(FolderLock.NAME) || HIDDEN.matcher(name).matches());
    } catch (IOException e) {
      throw new UserException("--out %s: %s".formatted(this, e.getMessage()), e);
    }
  }

  @Override
  public String toString() {
    return plain(folder);
  }

  /** Without the scheme where it is this machine's own. */
  static String plain(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  /** The first line of a message, which may have none. */
  static String oneLine(String message) {
    return String.valueOf(message).lines().findFirst().orElse("").strip();
  }
}
