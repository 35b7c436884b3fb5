package io.headroom.jobs.sweep.folder;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.partitioningBy;

import io.headroom.UserException;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.results.TableColumns;
import io.headroom.jobs.results.TableFiles;
import io.headroom.jobs.sweep.cells.CellPlan;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.SparkRows;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The table of the measurements: what earlier runs left there, and the rows of this one. */
public final class MeasurementFiles {
  /** A cell and a sequence have one row. */
  static final TableColumns COLUMNS =
      new TableColumns(
          MeasurementTable.SCHEMA, List.of("cell_id", "sequence_id"), MeasurementTable.ADDED);

  private final TableFiles table;
  private Map<FinishedRows.Key, String> replaceable = Map.of();

  MeasurementFiles(TableFiles table) {
    this.table = table;
  }

  /** All rows. */
  public Dataset<Row> read() {
    return table.read();
  }

  /**
   * What is there, after every file has been read to its end and found to be in order, see {@link
   * TableFiles#requireWhole}.
   *
   * @param planned sequences of the workload
   * @throws UserException if a file is damaged or does not belong here
   */
  public FinishedRows finished(CellPlan plan, int planned, boolean retryFailed) {
    if (!table.requireWhole()) {
      return FinishedRows.NONE;
    }
    FinishedRows finished =
        FinishedRows.read(
            table.withFileNames(FinishedRows.COLUMNS), plan, planned, retryFailed, table::shown);
    replaceable = finished.failed();
    return finished;
  }

  /**
   * Adds rows; those that were measured again take the place of the failed ones.
   *
   * @throws UserException if they cannot be written, such as for want of space
   */
  public void commit(List<MeasuredRow> rows) {
    Map<Boolean, List<MeasuredRow>> byReplacing =
        rows.stream()
            .collect(partitioningBy(row -> replaceable.containsKey(FinishedRows.Key.of(row))));
    if (!byReplacing.get(false).isEmpty()) {
      table.add(sparkRows(byReplacing.get(false)));
    }
    byReplacing.get(true).stream()
        .collect(groupingBy(row -> replaceable.get(FinishedRows.Key.of(row))))
        .forEach((file, again) -> table.replaceIn(file, sparkRows(again)));
  }

  private static List<Row> sparkRows(List<MeasuredRow> rows) {
    return rows.stream().map(SparkRows::of).toList();
  }
}
