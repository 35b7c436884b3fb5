package io.headroom.jobs.measurements;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How a sweep came out. A cell with a failed row is failed; without one but with an unsupported row
 * it is unsupported; the others are done.
 *
 * @param rowsNoisy measured while the host moved
 * @param rowsUnsteady measured though they had not settled
 * @param hosts one entry an executor: host, what its engines ran on, its peaks
 */
public record SweepResult(
    long rows,
    long cells,
    long rowsOk,
    long rowsUnsupported,
    long rowsFailed,
    long rowsNoisy,
    long rowsUnsteady,
    long cellsFailed,
    long cellsUnsupported,
    List<Map<String, Object>> hosts) {

  /**
   * @param measurements in the columns of {@link MeasurementTable}
   */
  public static SweepResult read(Dataset<Row> measurements) {
    Row counts =
        measurements
            .agg(
                count(lit(1)),
                countDistinct("cell_id"),
                rows(Status.OK),
                rows(Status.UNSUPPORTED),
                rows(Status.FAILED),
                count(when(col("noisy"), 1)),
                count(when(not(col("steady")), 1)),
                cells(col("status").equalTo(Status.FAILED.label())),
                cells(col("status").notEqual(Status.OK.label())))
            .first();
    return new SweepResult(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4),
        counts.getLong(5),
        counts.getLong(6),
        counts.getLong(7),
        counts.getLong(8) - counts.getLong(7),
        hosts(measurements));
  }

  /** As the manifest has it. */
  public Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rows", rows);
    map.put("rows_ok", rowsOk);
    map.put("rows_unsupported", rowsUnsupported);
    map.put("rows_failed", rowsFailed);
    map.put("rows_noisy", rowsNoisy);
    map.put("rows_unsteady", rowsUnsteady);
    map.put("cells_done", cells - cellsFailed - cellsUnsupported);
    map.put("cells_failed", cellsFailed);
    map.put("cells_unsupported", cellsUnsupported);
    map.put("hosts", hosts);
    return map;
  }

  private static Column rows(Status status) {
    return count(when(col("status").equalTo(status.label()), 1));
  }

  private static Column cells(Column condition) {
    return countDistinct(when(condition, col("cell_id")));
  }

  private static List<Map<String, Object>> hosts(Dataset<Row> measurements) {
    List<Map<String, Object>> hosts = new ArrayList<>();
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
        .forEach(
            row -> {
              Map<String, Object> host = new LinkedHashMap<>();
              for (String field : row.schema().fieldNames()) {
                host.put(field, row.getAs(field));
              }
              hosts.add(host);
            });
    return hosts;
  }
}
