package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many times longer the output tokens take where the same configuration recomputes the prefix
 * instead of keeping the cache.
 *
 * <p>It is the time of all output tokens of all sequences that were measured both ways, without
 * over with: what somebody with this workload would wait. Times add up over lengths, so one figure
 * holds for any mix of them, and a sequence that failed or was noisy one way counts neither way.
 * (The ratio at the longest prompt would say nothing of the others, and of a trace it is that of
 * one request.)
 */
public final class CacheGain {
  /** The column of the gain. */
  public static final String COLUMN = "kv_cache_gain";

  private static final String WITH = "decode_ns_with";
  private static final String WITHOUT = "decode_ns_without";

  private CacheGain() {}

  /**
   * A row for each configuration that was measured with and without its cache: the columns of its
   * axes but the cache's, the {@code cell_id} of the one with the cache, and the gain.
   *
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static Dataset<Row> of(Dataset<Row> measurements) {
    List<String> others = Axis.columnsBeside(Axis.KV_CACHE);
    Column isWith = col("kv_cache").equalTo("on");
    Column nanos = PassTime.decodeNanos();
    return measurements
        .where(col("status").equalTo(Status.OK.label()).and(QuietTimes.isQuiet()))
        .groupBy(columns(Stream.concat(others.stream(), Stream.of("sequence_id"))))
        .agg(
            max(when(isWith, col("cell_id"))).as("cell_id"),
            max(when(isWith, nanos)).as(WITH),
            max(when(functions.not(isWith), nanos)).as(WITHOUT))
        .where(col(WITH).gt(0).and(col(WITHOUT).isNotNull()))
        .groupBy(columns(others.stream()))
        .agg(max("cell_id").as("cell_id"), sum(WITHOUT).divide(sum(WITH)).as(COLUMN));
  }

  private static Column[] columns(Stream<String> names) {
    return names.map(functions::col).toArray(Column[]::new);
  }
}
