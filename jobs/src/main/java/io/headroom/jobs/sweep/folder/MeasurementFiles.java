package io.headroom.jobs.sweep.folder;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.partitioningBy;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.not;

import io.headroom.UserException;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.results.AtomicFiles;
import io.headroom.jobs.results.FilePaths;
import io.headroom.jobs.results.ParquetCheck;
import io.headroom.jobs.results.ParquetWriter;
import io.headroom.jobs.sweep.cells.CellPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The Parquet files of the measurements. Every change of them is that one file appears or is
 * replaced as a whole, so that at any moment, a kill's included, they hold each row once.
 *
 * <p>A wave becomes a file of its own as long as the files are few. Later waves are added to the
 * last file of this run until it is full: thousands of waves make tens of files. A run never adds
 * to the file of another.
 */
public final class MeasurementFiles {
  /** So many files may hold a wave each. */
  static final int FILES_OF_ONE_WAVE = 32;

  /** A file that waves are added to grows to about so many rows, some megabytes. */
  static final int ROWS_OF_A_FILE = 16_384;

  private static final String EXTENSION = ".parquet";

  private final SparkSession spark;
  private final FileSystem files;
  private final Path folder;
  private final ParquetWriter writer;
  private final String runId;
  private final int filesOfOneWave;
  private final int rowsOfAFile;

  private Map<FinishedRows.Key, String> replaceable = Map.of();
  private int fileCount;
  private Path last;
  private int rowsOfLast;

  MeasurementFiles(
      SparkSession spark, FileSystem files, Path folder, ParquetWriter writer, String runId) {
    this(spark, files, folder, writer, runId, FILES_OF_ONE_WAVE, ROWS_OF_A_FILE);
  }

  MeasurementFiles(
      SparkSession spark,
      FileSystem files,
      Path folder,
      ParquetWriter writer,
      String runId,
      int filesOfOneWave,
      int rowsOfAFile) {
    this.spark = spark;
    this.files = files;
    this.folder = folder;
    this.writer = writer;
    this.runId = runId;
    this.filesOfOneWave = filesOfOneWave;
    this.rowsOfAFile = rowsOfAFile;
  }

  /** All rows. */
  public Dataset<Row> read() {
    return read(folder);
  }

  private Dataset<Row> read(Path path) {
    return spark
        .read()
        .schema(MeasurementTable.SCHEMA)
        .option("ignoreCorruptFiles", false)
        .option("ignoreMissingFiles", false)
        .parquet(path.toString());
  }

  /**
   * What is there, after every file has been read to its end and found to be in order. Nothing is
   * written but what a killed run had written already and not yet given its name.
   *
   * @param planned sequences of the workload
   * @throws UserException if a file is damaged or does not belong here
   */
  public FinishedRows finished(CellPlan plan, int planned, boolean retryFailed) {
    try {
      if (!files.exists(folder)) {
        return FinishedRows.NONE;
      }
      if (!files.getFileStatus(folder).isDirectory()) {
        throw new UserException(
            "%s: is not a folder; remove it".formatted(FilePaths.plain(folder)));
      }
      new AtomicFiles(files).finishReplacements(folder);
      List<FileStatus> visible = visibleFiles();
      ParquetCheck check =
          new ParquetCheck(spark.sparkContext().hadoopConfiguration(), MeasurementTable.SCHEMA);
      visible.forEach(check::require);
      fileCount = visible.size();
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(FilePaths.plain(folder), e.getMessage()), e);
    }
    Column[] columns =
        Stream.concat(
                Arrays.stream(FinishedRows.COLUMNS).map(name -> col(name)),
                Stream.of(col("_metadata.file_name")))
            .toArray(Column[]::new);
    FinishedRows finished =
        FinishedRows.read(read().select(columns), plan, planned, retryFailed, this::shown);
    replaceable = finished.failed();
    return finished;
  }

  private String shown(String file) {
    return FilePaths.plain(new Path(folder, file));
  }

  /** Without those that Spark passes over too. */
  private List<FileStatus> visibleFiles() throws IOException {
    List<FileStatus> visible = new ArrayList<>();
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith(".") || name.startsWith("_")) {
        continue;
      }
      if (status.isDirectory() || !name.endsWith(EXTENSION)) {
        throw new UserException(
            "%s: does not belong here; allowed: the Parquet files of the sweep"
                .formatted(FilePaths.plain(status.getPath())));
      }
      visible.add(status);
    }
    return visible;
  }

  /**
   * Adds rows; those that were measured again take the place of the failed ones.
   *
   * @throws UserException if they cannot be written, such as for want of space
   */
  public void commit(List<Row> rows) {
    Map<Boolean, List<Row>> byReplacing =
        rows.stream()
            .collect(partitioningBy(row -> replaceable.containsKey(FinishedRows.Key.of(row))));
    if (!byReplacing.get(false).isEmpty()) {
      add(byReplacing.get(false));
    }
    byReplacing.get(true).stream()
        .collect(groupingBy(row -> replaceable.get(FinishedRows.Key.of(row))))
        .forEach(this::replaceIn);
  }

  private void add(List<Row> rows) {
    boolean grows =
        last != null && fileCount >= filesOfOneWave && rowsOfLast + rows.size() <= rowsOfAFile;
    if (grows) {
      writer.write(read(last).union(dataset(rows)), last);
      rowsOfLast += rows.size();
      return;
    }
    Path file =
        new Path(folder, "part-%05d-%s%s".formatted(fileCount, runId.substring(0, 8), EXTENSION));
    writer.write(dataset(rows), file);
    fileCount++;
    last = file;
    rowsOfLast = rows.size();
  }

  private void replaceIn(String name, List<Row> rows) {
    Path file = new Path(folder, name);
    Object[] replaced =
        rows.stream()
            .map(FinishedRows.Key::of)
            .map(replacedKey -> replacedKey.cellId() + " " + replacedKey.sequenceId())
            .toArray();
    Column key = concat_ws(" ", col("cell_id"), col("sequence_id"));
    writer.write(read(file).where(not(key.isin(replaced))).union(dataset(rows)), file);
  }

  private Dataset<Row> dataset(List<Row> rows) {
    return spark.createDataFrame(rows, MeasurementTable.SCHEMA);
  }
}
