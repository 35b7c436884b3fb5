package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/**
 * The times of rows that are not noisy: what people are told of one configuration against another
 * is of those alone. The columns have these names where they stand beside the times of all rows.
 */
public final class QuietTimes {
  public static final String PREFILL = "quiet_prefill_ns";
  public static final String DECODE = "quiet_decode_ns";

  private QuietTimes() {}

  /** Whether a row of {@link MeasurementTable} is not noisy. */
  public static Column isQuiet() {
    return not(coalesce(col("noisy"), lit(false)));
  }

  /** A column of such rows, null of the others. */
  public static Column only(String column) {
    return when(isQuiet(), col(column));
  }
}
