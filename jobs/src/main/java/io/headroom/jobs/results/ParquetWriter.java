package io.headroom.jobs.results;

import io.headroom.MessageLine;
import io.headroom.UserException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Writes rows as one Parquet file that appears, or replaces another, when it is whole. Until then
 * it lies in a hidden folder beside.
 */
public final class ParquetWriter {
  /** The hidden folder within that of the results. */
  static final String STAGING = ".staging";

  private static final String EXTENSION = ".parquet";

  private final FileSystem files;
  private final Path staging;
  private final FolderLock lock;
  private final Map<String, String> fileSystemSettings;

  /**
   * @param fileSystemSettings of those file systems alone through which executors write
   */
  public ParquetWriter(
      FileSystem files, Path staging, FolderLock lock, Map<String, String> fileSystemSettings) {
    this.files = files;
    this.staging = staging;
    this.lock = lock;
    this.fileSystemSettings = fileSystemSettings;
  }

  /**
   * @param target in a folder that exists
   * @throws UserException if it cannot be written, such as for want of space; what was there stays
   */
  public void write(Dataset<Row> rows, Path target) {
    Path stage = new Path(staging, UUID.randomUUID().toString());
    lock.requireHeld();
    try {
      writeAndReplace(rows, stage, target);
    } finally {
      deleteIfPossible(stage);
    }
  }

  private void writeAndReplace(Dataset<Row> rows, Path stage, Path target) {
    try {
      rows.coalesce(1)
          .write()
          .option("maxRecordsPerFile", 0)
          .options(fileSystemSettings)
          .parquet(stage.toString());
      Path complete = onlyFile(stage);
      lock.requireHeld();
      new AtomicFiles(files).replace(complete, target);
    } catch (UserException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions that Java does not know of.
      lock.requireHeld();
      throw innermostIoException(e)
          .map(cause -> cannotBeWritten(target, cause.getMessage(), e))
          .orElseThrow(() -> new IllegalStateException("writing " + target + " failed", e));
    }
  }

  private Path onlyFile(Path stage) throws IOException {
    List<Path> found =
        Arrays.stream(files.listStatus(stage))
            .map(FileStatus::getPath)
            .filter(path -> path.getName().endsWith(EXTENSION))
            .toList();
    if (found.size() != 1) {
      throw new IOException(
          "executors left %d files in %s; allowed: a folder that the driver and all executors share"
              .formatted(found.size(), FilePaths.plain(stage)));
    }
    return found.get(0);
  }

  /** What stays behind where nothing can be written is deleted when the run is resumed. */
  private void deleteIfPossible(Path stage) {
    try {
      files.delete(stage, true);
      if (files.exists(staging) && files.listStatus(staging).length == 0) {
        files.delete(staging, false);
      }
    } catch (IOException e) {
      // Hidden, and of no harm.
    }
  }

  private static UserException cannotBeWritten(Path target, String reason, Exception cause) {
    return new UserException(
        "%s: cannot be written: %s; what was written before is kept, --resume goes on from it"
            .formatted(FilePaths.plain(target), MessageLine.first(reason)),
        cause);
  }

  private static Optional<IOException> innermostIoException(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(IOException.class::isInstance)
        .map(IOException.class::cast)
        .reduce((outer, inner) -> inner);
  }
}
