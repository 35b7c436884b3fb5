package io.headroom.jobs.sweep.rows;

import java.io.Serializable;
import java.util.List;

/**
 * What an executor measured of one shard.
 *
 * @param rows one a sequence
 * @param measuringNanos time that the shard took on its slot, warm-up and verification included
 */
public record ShardResult(List<MeasuredRow> rows, long measuringNanos) implements Serializable {

  public ShardResult {
    rows = List.copyOf(rows);
  }
}
