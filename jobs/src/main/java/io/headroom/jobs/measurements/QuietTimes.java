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

  /** The time of prefill; null of rows that are noisy. */
  public static Column prefillNanos() {
    return when(isQuiet(), col("prefill_ns"));
  }

  /** The median time of a decoded token; null as above. */
  public static Column decodeNanos() {
    return when(isQuiet(), col("decode_ns_p50"));
  }
}
