package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How a sweep came out, as its manifest has it. A cell with a failed row is failed; without one but
 * with an unsupported row it is unsupported; the others are done.
 *
 * @param rowsNoisy measured while the host moved
 * @param rowsUnsteady measured though they had not settled
 */
public record SweepResult(
    long rows,
    long rowsOk,
    long rowsUnsupported,
    long rowsFailed,
    long rowsNoisy,
    long rowsUnsteady,
    long cellsDone,
    long cellsFailed,
    long cellsUnsupported) {

  /**
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static SweepResult read(Dataset<Row> measurements) {
    Row counts =
        measurements
            .agg(
                count(lit(1)),
                rows(Status.OK),
                rows(Status.UNSUPPORTED),
                rows(Status.FAILED),
                count(when(col("noisy"), 1)),
                count(when(not(col("steady")), 1)),
                countDistinct("cell_id"),
                cells(col("status").equalTo(Status.FAILED.label())),
                cells(col("status").notEqual(Status.OK.label())))
            .first();
    long cells = counts.getLong(6);
    long failed = counts.getLong(7);
    long notOk = counts.getLong(8);
    return new SweepResult(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4),
        counts.getLong(5),
        cells - notOk,
        failed,
        notOk - failed);
  }

  /** Cells that have a row. */
  public long cells() {
    return cellsDone + cellsFailed + cellsUnsupported;
  }

  private static Column rows(Status status) {
    return count(when(col("status").equalTo(status.label()), 1));
  }

  private static Column cells(Column condition) {
    return countDistinct(when(condition, col("cell_id")));
  }
}
