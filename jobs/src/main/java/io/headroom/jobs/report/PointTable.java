package io.headroom.jobs.report;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.HeadComparisons;
import io.headroom.jobs.measurements.LengthBins;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.PassTime;
import io.headroom.jobs.measurements.QuietTimes;
import io.headroom.jobs.measurements.Status;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The points of the charts: one for each configuration and length, with what its heads cost and
 * save against the most ({@link HeadComparisons}), by rows that are not noisy. Times are medians
 * over the sequences, as the sweep prints them; their low and high are the medians of the
 * sequences' own confidence intervals.
 */
final class PointTable {
  private PointTable() {}

  /**
   * The points in a fixed order.
   *
   * @param measurements in the columns of {@link MeasurementTable}
   * @param most so many come at most
   */
  static Dataset<Row> of(Dataset<Row> measurements, LengthBins bins, int most) {
    Column[] groups =
        Stream.concat(
                Axis.allColumns().stream().map(functions::col),
                Stream.of(bins.tokens().as("prompt_tokens")))
            .toArray(Column[]::new);
    Column[] order =
        Stream.concat(
                Axis.byHeads(col("kv_bytes_per_token").desc()), Stream.of(col("prompt_tokens")))
            .toArray(Column[]::new);
    Column[] figures = figures();
    Dataset<Row> points =
        measurements
            .where(col("status").equalTo(Status.OK.label()))
            .groupBy(groups)
            .agg(figures[0], Arrays.copyOfRange(figures, 1, figures.length));
    return HeadComparisons.with(points)
        .drop(QuietTimes.PREFILL, QuietTimes.DECODE)
        .orderBy(order)
        .limit(most);
  }

  private static Column[] figures() {
    return new Column[] {
      count(lit(1)).as("rows"),
      max("kv_bytes_per_token").as("kv_bytes_per_token"),
      avg("kv_bytes").as("kv_bytes"),
      avg("kv_bytes_mha").as("kv_bytes_mha"),
      max("state_bytes").as("state_bytes"),
      median("prefill_ns").as("prefill_ns"),
      median("prefill_ns_low").as("prefill_ns_low"),
      median("prefill_ns_high").as("prefill_ns_high"),
      median("decode_ns_p50").as("decode_ns"),
      median("decode_ns_p50_low").as("decode_ns_low"),
      median("decode_ns_p50_high").as("decode_ns_high"),
      median("decode_ns_p90").as("decode_ns_p90"),
      median("decode_ns_p99").as("decode_ns_p99"),
      sum("decode_samples").as("decode_samples"),
      avg("prefill_gflops").as("prefill_gflops"),
      avg("decode_gbps").as("decode_gbps"),
      avg("fraction_of_peak").as("fraction_of_peak"),
      avg("fraction_of_stream").as("fraction_of_stream"),
      avg(PassTime.nanos()).as("measured_ns"),
      avg("predicted_ns").as("predicted_ns"),
      median(QuietTimes.prefillNanos()).as(QuietTimes.PREFILL),
      median(QuietTimes.decodeNanos()).as(QuietTimes.DECODE),
      count(when(col("noisy"), 1)).as("noisy"),
      count(when(not(col("steady")), 1)).as("unsteady")
    };
  }

  private static Column median(String column) {
    return median(col(column));
  }

  private static Column median(Column figure) {
    return percentile(figure, lit(0.5));
  }
}
