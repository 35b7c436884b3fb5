package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udaf;
import static org.apache.spark.sql.functions.when;

import io.headroom.measure.LatencyHistogram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * One row per cell: its measurements merged over its sequences. Decode percentiles come from the
 * merged histograms, and are null where the merged sample is too small to say.
 */
public final class SummaryTable {
  private static final String CELL_ID = "cell_id";
  private static final String TOKENS = "prompt_tokens";

  private SummaryTable() {}

  /**
   * The rows in order, in one partition.
   *
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static Dataset<Row> of(Dataset<Row> measurements) {
    Column[] columns = columns();
    Dataset<Row> merged =
        measurements
            .groupBy(CELL_ID)
            .agg(columns[0], Arrays.copyOfRange(columns, 1, columns.length));
    return withDecodeFigures(merged)
        .join(CacheGain.of(measurements).select(CELL_ID, CacheGain.COLUMN), CELL_ID, "left")
        .join(headComparisons(measurements), CELL_ID, "left")
        .repartition(1)
        .sortWithinPartitions("model", "kv_heads", "kv_precision", "engine", CELL_ID);
  }

  /** What each cell with fewer KV heads costs and saves, from the medians of its sequences. */
  private static Dataset<Row> headComparisons(Dataset<Row> measurements) {
    Column[] groups =
        Stream.concat(
                Stream.of(col(CELL_ID), LengthBins.of(List.of(measurements)).tokens().as(TOKENS)),
                Axis.allColumns().stream().map(functions::col))
            .toArray(Column[]::new);
    Dataset<Row> figures =
        measurements
            .where(col("status").equalTo(Status.OK.label()))
            .groupBy(groups)
            .agg(
                max("kv_bytes_per_token").as("kv_bytes_per_token"),
                avg("kv_bytes").as("kv_bytes"),
                percentile(QuietTimes.prefillNanos(), lit(0.5)).as(QuietTimes.PREFILL),
                percentile(QuietTimes.decodeNanos(), lit(0.5)).as(QuietTimes.DECODE));
    return HeadComparisons.with(figures)
        .where(col(HeadComparisons.VARIANT).isNotNull())
        .select(
            col(CELL_ID),
            col(HeadComparisons.VARIANT),
            col(TOKENS).as("compared_prompt_tokens"),
            col(HeadComparisons.KV_BYTES_SHARE),
            col(HeadComparisons.PREFILL_SHARE),
            col(HeadComparisons.DECODE_SHARE));
  }

  /** What one histogram of all samples says. */
  private static Dataset<Row> withDecodeFigures(Dataset<Row> merged) {
    Column histogram = col("decode_histogram");
    UserDefinedFunction mean =
        functions.udf((UDF1<byte[], Double>) SummaryTable::mean, DataTypes.DoubleType);
    return merged
        .withColumn("decode_ns_p50", reader(Percentile.P50).apply(histogram))
        .withColumn("decode_ns_p50_low", reader(Percentile.P50_LOW).apply(histogram))
        .withColumn("decode_ns_p50_high", reader(Percentile.P50_HIGH).apply(histogram))
        .withColumn("decode_ns_p90", reader(Percentile.P90).apply(histogram))
        .withColumn("decode_ns_p99", reader(Percentile.P99).apply(histogram))
        .withColumn("decode_ns_mean", mean.apply(histogram));
  }

  private static Double mean(byte[] encoded) {
    return encoded == null ? null : LatencyHistogram.decode(encoded).meanNanos();
  }

  private static Column[] columns() {
    UserDefinedFunction mergeHistograms = udaf(new HistogramMerge(), Encoders.BINARY());
    List<Column> columns = new ArrayList<>();
    for (String name : MeasurementTable.OF_A_CELL) {
      columns.add(first(name).as(name));
    }
    Column ok = col("status").equalTo(Status.OK.label());
    columns.addAll(
        Arrays.asList(
            first(col("engine_detail"), true).as("engine_detail"),
            count(when(col("sequence_id").isNotNull(), 1)).as("sequences"),
            sum(when(ok, col("prompt_tokens"))).as("prompt_tokens"),
            sum(when(ok, col("output_tokens"))).as("output_tokens"),
            sort_array(collect_set("host")).as("hosts"),
            countOf(Status.OK),
            countOf(Status.UNSUPPORTED),
            countOf(Status.FAILED),
            count(when(col("noisy"), 1)).as("noisy_rows"),
            count(when(col("steady"), 1)).as("steady_rows"),
            first(col("reason"), true).as("reason"),
            max("kv_bytes_per_token").as("kv_bytes_per_token"),
            avg("kv_bytes").as("kv_bytes_mean"),
            max("kv_bytes").as("kv_bytes_max"),
            max("kv_bytes_allocated").as("kv_bytes_allocated_max"),
            avg("kv_bytes_mha").as("kv_bytes_mha_mean"),
            lit(1).minus(sum("kv_bytes").divide(sum("kv_bytes_mha"))).as("kv_saving"),
            max("state_bytes").as("state_bytes"),
            percentile(col("prefill_ns"), lit(0.5)).as("prefill_ns_p50"),
            avg("prefill_ns").as("prefill_ns_mean"),
            sum("prefill_samples").as("prefill_samples"),
            mergeHistograms.apply(col("prefill_histogram")).as("prefill_histogram"),
            sum(when(ok, PassTime.nanos())).as("pass_ns"),
            sum(PassTime.decodeNanos()).as("decode_pass_ns"),
            max("decode_ns_max").as("decode_ns_max"),
            sum("decode_samples").as("decode_samples"),
            mergeHistograms.apply(col("decode_histogram")).as("decode_histogram"),
            avg("prefill_gflops").as("prefill_gflops"),
            avg("decode_gbps").as("decode_gbps"),
            avg("peak_gflops").as("peak_gflops"),
            avg("stream_gbps").as("stream_gbps"),
            avg("fraction_of_peak").as("fraction_of_peak"),
            avg("fraction_of_stream").as("fraction_of_stream"),
            max("relative_l2_error").as("relative_l2_error_max"),
            functions.count(col("verified")).as("verified_rows"),
            sum(col("predicted_ns")).as("predicted_ns"),
            min("wave").as("first_wave")));
    return columns.toArray(Column[]::new);
  }

  private static Column countOf(Status status) {
    return count(when(col("status").equalTo(status.label()), 1)).as("rows_" + status.label());
  }

  private static UserDefinedFunction reader(Percentile percentile) {
    return functions.udf((UDF1<byte[], Long>) percentile::of, DataTypes.LongType);
  }
}
