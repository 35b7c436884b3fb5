package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where a sweep was measured, as its manifest has it: one entry an executor and engine. */
public record MeasuringHosts(List<Host> hosts) {

  /**
   * What an engine ran on; what a manifest does not say is null.
   *
   * @param rows measured there
   * @param peakGflops the most that the engine's threads reach in registers
   * @param streamGbps the most that they read in a stream, in 10^9 bytes a second
   */
  public record Host(
      String host,
      String executorId,
      String engine,
      String engineDetail,
      Integer threads,
      Long rows,
      Double peakGflops,
      Double streamGbps) {}

  public MeasuringHosts {
    hosts = hosts == null ? List.of() : List.copyOf(hosts);
  }

  /**
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static MeasuringHosts read(Dataset<Row> measurements) {
    return new MeasuringHosts(
        measurements
            .where(col("engine_detail").isNotNull())
            .groupBy("host", "executor_id", "engine", "engine_detail", "threads")
            .agg(
                count(lit(1)).as("rows"),
                first("peak_gflops").as("peak_gflops"),
                max("stream_gbps").as("stream_gbps"))
            .coalesce(1)
            .sortWithinPartitions("host", "executor_id", "engine", "threads")
            .collectAsList()
            .stream()
            .map(MeasuringHosts::host)
            .toList());
  }

  private static Host host(Row row) {
    return new Host(
        row.getAs("host"),
        row.getAs("executor_id"),
        row.getAs("engine"),
        row.getAs("engine_detail"),
        row.getAs("threads"),
        row.getAs("rows"),
        row.getAs("peak_gflops"),
        row.getAs("stream_gbps"));
  }
}
