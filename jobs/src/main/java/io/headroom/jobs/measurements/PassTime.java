package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;

/**
 * The time of one pass over a sequence: its prefill and all its output tokens, on the measured
 * layers. Of rows in the columns of {@link MeasurementTable}; null where they were not measured.
 */
public final class PassTime {
  private PassTime() {}

  /** {@code prefill_ns + output_tokens x decode_ns_mean}. */
  public static Column nanos() {
    return col("prefill_ns").plus(coalesce(decodeNanos(), lit(0)));
  }

  /** {@code output_tokens x decode_ns_mean}; null where no token was decoded. */
  static Column decodeNanos() {
    return col("output_tokens").multiply(col("decode_ns_mean"));
  }
}
