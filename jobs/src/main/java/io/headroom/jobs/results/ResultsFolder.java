package io.headroom.jobs.results;

import io.headroom.MessageLine;
import io.headroom.UserException;
import io.headroom.jobs.spark.SchemeFileSystems;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
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
 * Where the results of one command lie: {@code manifest.json}, its configuration, and folders of
 * Parquet files, each a table. Any file system that Hadoop knows will do.
 */
public final class ResultsFolder {
  /** Where the manifest has the settings, from which all can be run again: {@link Provenance}. */
  public static final String CONFIGURATION = "configuration";

  public static final String MANIFEST = "manifest.json";

  /** What manifests are of that name no kind: those of the time when there was one. */
  private static final ResultsKind FIRST_KIND = ResultsKind.SWEEP;

  /** What is on its way to its name. */
  private static final Pattern HIDDEN =
      Pattern.compile("\\.(staging|umask-.*|(lock|manifest)\\.json\\..*)");

  private final Path folder;
  private final ResultsKind kind;
  private FileSystem files;
  private Map<String, String> fileSystemSettings = Map.of();
  private FolderLock lock;

  private ResultsFolder(Path folder, ResultsKind kind, FileSystem files) {
    this.folder = folder;
    this.kind = kind;
    this.files = files;
  }

  /**
   * @param kind what the folder holds or will hold
   * @throws UserException if no such folder can be written
   */
  public static ResultsFolder at(String out, ResultsKind kind) {
    try {
      Path path = new Path(out);
      FileSystem files = SchemeFileSystems.of(path, configuration());
      files.setWriteChecksum(false);
      return new ResultsFolder(files.makeQualified(path), kind, files);
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
    boolean isNew = !exists();
    try {
      if (isNew && !FileModes.makeFolder(files, folder)) {
        throw new UserException("--out %s: cannot be made".formatted(this));
      }
      FileModes modes = FileModes.in(files, folder);
      files = modes.files();
      fileSystemSettings = modes.settings();
    } catch (IOException e) {
      throw new UserException(
          "--out %s: cannot be %s: %s"
              .formatted(this, isNew ? "made" : "written", FilePaths.reason(e)),
          e);
    }
    lock = FolderLock.acquire(files, folder, kind, runId, isNew);
    return lock;
  }

  /** Where the files of a table lie, for reading; empty if there are none yet. */
  public Optional<String> table(String name) {
    Path table = new Path(folder, name);
    return exists(table) ? Optional.of(table.toString()) : Optional.empty();
  }

  /** Whether there is anything at this place yet. */
  public boolean exists() {
    return exists(folder);
  }

  /** A table that grows while the lock is held. */
  public TableFiles growingTable(SparkSession spark, String name, TableColumns columns) {
    return new TableFiles(
        spark,
        files,
        new Path(folder, name),
        kind,
        columns,
        writer(),
        lock.runId(),
        TableFiles.Growth.USUAL);
  }

  /**
   * Replaces a table by one file: all that was in its folder.
   *
   * @throws UserException if it cannot be written, such as for want of space
   */
  public void replaceTable(String name, Dataset<Row> rows) {
    Path table = new Path(folder, name);
    Path file = new Path(table, name + ".parquet");
    writer().write(rows, file);
    try {
      for (FileStatus status : files.listStatus(table)) {
        if (!status.getPath().getName().equals(file.getName())) {
          files.delete(status.getPath(), true);
        }
      }
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(FilePaths.plain(table), e.getMessage()), e);
    }
  }

  private ParquetWriter writer() {
    return new ParquetWriter(
        files, new Path(folder, ParquetWriter.STAGING), lock, fileSystemSettings);
  }

  /**
   * What was written of the results in the folder; empty if the folder is new or empty.
   *
   * @throws UserException if it cannot be read, is not JSON, or is of results of another kind
   */
  public Optional<Manifest> manifest() {
    Optional<Manifest> manifest = writtenManifest();
    manifest
        .map(ResultsFolder::label)
        .filter(label -> !label.equals(kind.label()))
        .ifPresent(
            label -> {
              throw isOfKind(label, kind.label());
            });
    return manifest;
  }

  /**
   * What the manifest calls the results in the folder, whatever they should be; empty if there is
   * none.
   *
   * @throws UserException if it cannot be read, is not JSON, or names no kind that there is
   */
  Optional<ResultsKind> writtenKind() {
    return writtenManifest().map(this::kindOf);
  }

  private static String label(Manifest manifest) {
    return Objects.requireNonNullElse(manifest.run().kind(), FIRST_KIND.label());
  }

  private ResultsKind kindOf(Manifest manifest) {
    String label = label(manifest);
    return ResultsKind.of(label).orElseThrow(() -> isOfKind(label, ResultsKind.labels()));
  }

  private UserException isOfKind(String label, String allowed) {
    return new UserException(
        "%s: kind = %s; allowed: %s"
            .formatted(FilePaths.plain(manifestFile()), MessageLine.of(label), allowed));
  }

  private Optional<Manifest> writtenManifest() {
    Path file = manifestFile();
    if (!exists(file)) {
      return Optional.empty();
    }
    String shown = FilePaths.plain(file);
    try (InputStream in = files.open(file)) {
      return Optional.of(Manifest.parse(shown, in.readAllBytes()));
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(shown, e.getMessage()), e);
    }
  }

  private Path manifestFile() {
    Path written = new Path(folder, MANIFEST);
    return exists(written) ? written : AtomicFiles.next(written);
  }

  /**
   * Checks before anything starts that the folder may be written by a run.
   *
   * @param fingerprint of all that decides what the run finds
   * @param resume whether what is there may be gone on with
   * @param fingerprintOf the same of what is there
   * @param other how what is there differs where fingerprints do, as a message says it
   * @param same with what it may be gone on with, as a message says it
   * @throws UserException if it is somebody else's, or cannot be written
   */
  public void requireFor(
      String fingerprint,
      boolean resume,
      Function<Manifest, String> fingerprintOf,
      String other,
      String same) {
    Optional<Manifest> manifest = manifest();
    if (manifest.isEmpty()) {
      requireNew();
      return;
    }
    String name = manifest.get().run().name();
    if (!resume && !isOfThisApplication(manifest.get())) {
      throw new UserException(
          "--out %s: holds the %s %s; allowed: a new folder, or --resume to finish it"
              .formatted(this, kind.label(), name));
    }
    if (!fingerprintOf.apply(manifest.get()).equals(fingerprint)) {
      throw new UserException(
          "--out %s: holds the %s %s of another %s; allowed: a new folder, or --resume with %s"
              .formatted(this, kind.label(), name, other, same));
    }
  }

  /**
   * Whether an earlier attempt of the application whose driver this is has begun what is there:
   * then this one goes on with it, asked or not.
   */
  private static boolean isOfThisApplication(Manifest manifest) {
    return ClusterApplication.current()
        .filter(application -> application.id().equals(manifest.run().application()))
        .isPresent();
  }

  /**
   * Checks before anything starts that results may be written here where there are none yet.
   *
   * @throws UserException if something else is there, or it cannot be written
   */
  public void requireNew() {
    if (!isEmpty()) {
      throw new UserException(
          "--out %s: is not empty and holds no %s; allowed: a new folder"
              .formatted(this, kind.label()));
    }
    requireFolderAbove();
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
            "--out %s: cannot be made: %s is not a folder".formatted(this, FilePaths.plain(above)));
      }
      files.access(above, FsAction.WRITE_EXECUTE);
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be made: %s".formatted(this, e.getMessage()), e);
    }
  }

  /**
   * Makes the folders for tables, and removes what a killed run left half written.
   *
   * @throws UserException if they cannot be made, or another run has taken the folder over
   */
  public void prepare(List<String> tables) {
    for (String table : tables) {
      makeFolder(new Path(folder, table));
    }
    try {
      files.delete(new Path(folder, ParquetWriter.STAGING), true);
    } catch (IOException e) {
      throw new UserException("--out %s: cannot be written: %s".formatted(this, e.getMessage()), e);
    }
  }

  private void makeFolder(Path path) {
    lock.requireHeld();
    try {
      if (!files.mkdirs(path)) {
        throw new UserException("%s: cannot be made".formatted(FilePaths.plain(path)));
      }
    } catch (IOException e) {
      throw new UserException(
          "%s: cannot be made: %s".formatted(FilePaths.plain(path), e.getMessage()), e);
    }
  }

  /**
   * Replaces the manifest as a whole.
   *
   * @throws UserException if it cannot be written, or another run has taken the folder over
   */
  public void writeManifest(Manifest manifest) {
    write(MANIFEST, manifest.toJson());
  }

  /**
   * Replaces a text file as a whole: whoever reads it sees the old text or the new.
   *
   * @throws UserException if it cannot be written, or another run has taken the folder over
   */
  public void write(String name, String text) {
    Path file = new Path(folder, name);
    lock.requireHeld();
    try {
      new AtomicFiles(files).write(file, text);
    } catch (IOException e) {
      throw new UserException(
          "%s: cannot be written: %s"
              .formatted(FilePaths.plain(file), MessageLine.first(e.getMessage())),
          e);
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
    return FilePaths.plain(folder);
  }
}
