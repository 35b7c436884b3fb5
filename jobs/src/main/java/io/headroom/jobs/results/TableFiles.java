package io.headroom.jobs.results;

import static org.apache.spark.sql.functions.col;

import io.headroom.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The Parquet files of a table that grows while a command is at work. Every change of them is that
 * one file appears or is replaced as a whole, so that at any moment, a kill's included, they hold
 * each row once.
 *
 * <p>Rows that are added together become a file of their own as long as the files are few. Later
 * ones are added to the last file of this run until it is full: thousands of additions make tens of
 * files. A run never adds to the file of another.
 */
public final class TableFiles {
  /** How many files grow, and how far. */
  public record Growth(int filesOfOneAddition, int rowsOfAFile) {
    /** So many files hold an addition each; those after them grow to some megabytes. */
    public static final Growth USUAL = new Growth(32, 16_384);
  }

  private static final String EXTENSION = ".parquet";

  private final SparkSession spark;
  private final FileSystem files;
  private final Path folder;
  private final ResultsKind kind;
  private final TableColumns columns;
  private final ParquetWriter writer;
  private final String runId;
  private final Growth growth;

  private int fileCount;
  private Path last;
  private int rowsOfLast;

  /**
   * @param runId the run that adds
   */
  public TableFiles(
      SparkSession spark,
      FileSystem files,
      Path folder,
      ResultsKind kind,
      TableColumns columns,
      ParquetWriter writer,
      String runId,
      Growth growth) {
    this.spark = spark;
    this.files = files;
    this.folder = folder;
    this.kind = kind;
    this.columns = columns;
    this.writer = writer;
    this.runId = runId;
    this.growth = growth;
  }

  /** All rows. */
  public Dataset<Row> read() {
    return read(folder);
  }

  private Dataset<Row> read(Path path) {
    return spark
        .read()
        .schema(columns.all())
        .option("ignoreCorruptFiles", false)
        .option("ignoreMissingFiles", false)
        .parquet(path.toString());
  }

  /** Some columns of all rows, and behind them the name of the file that holds each. */
  public Dataset<Row> withFileNames(String... some) {
    return read()
        .select(
            Stream.concat(
                    Arrays.stream(some).map(functions::col), Stream.of(col("_metadata.file_name")))
                .toArray(Column[]::new));
  }

  /** What a message calls a file of that name. */
  public String shown(String file) {
    return FilePaths.plain(new Path(folder, file));
  }

  /**
   * Reads every file to its end, and counts them: whoever goes on from another run's table does
   * this before he adds. Nothing is written but what a killed run had written already and not yet
   * given its name.
   *
   * @return false if there is no table yet
   * @throws UserException if a file is damaged or does not belong here
   */
  public boolean requireWhole() {
    try {
      if (!files.exists(folder)) {
        return false;
      }
      if (!files.getFileStatus(folder).isDirectory()) {
        throw new UserException(
            "%s: is not a folder; remove it".formatted(FilePaths.plain(folder)));
      }
      new AtomicFiles(files).finishReplacements(folder);
      List<FileStatus> visible = visibleFiles();
      ParquetCheck check =
          new ParquetCheck(spark.sparkContext().hadoopConfiguration(), columns, kind);
      visible.forEach(check::require);
      fileCount = visible.size();
      return true;
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(FilePaths.plain(folder), e.getMessage()), e);
    }
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
            "%s: does not belong here; allowed: the Parquet files of the %s"
                .formatted(FilePaths.plain(status.getPath()), kind.label()));
      }
      visible.add(status);
    }
    return visible;
  }

  /**
   * Adds rows.
   *
   * @throws UserException if they cannot be written, such as for want of space
   */
  public void add(List<Row> rows) {
    boolean grows =
        last != null
            && fileCount >= growth.filesOfOneAddition()
            && rowsOfLast + rows.size() <= growth.rowsOfAFile();
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

  /**
   * Puts rows in the place of those of the same keys in a file, whose other rows stay.
   *
   * @throws UserException if they cannot be written, such as for want of space
   */
  public void replaceIn(String name, List<Row> rows) {
    Path file = new Path(folder, name);
    Dataset<Row> there = read(file);
    Dataset<Row> added = dataset(rows);
    Column sameKey =
        columns.key().stream()
            .map(column -> there.col(column).eqNullSafe(added.col(column)))
            .reduce(Column::and)
            .orElseThrow();
    writer.write(there.join(added, sameKey, "left_anti").union(added), file);
  }

  private Dataset<Row> dataset(List<Row> rows) {
    return spark.createDataFrame(rows, columns.all());
  }
}
