package io.headroom.jobs.sweep.rows;

import io.headroom.jobs.measurements.MeasurementTable;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * What an executor measured of one shard.
 *
 * @param rows one a sequence, in the columns of {@link MeasurementTable}
 * @param measuringNanos time that the shard took on its slot, warm-up and verification included
 */
public record ShardResult(List<Row> rows, long measuringNanos) implements Serializable {

  public ShardResult {
    rows = List.copyOf(rows);
  }
}
