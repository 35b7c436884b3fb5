package io.headroom.jobs.sweep.cells;

import java.io.Serializable;
import java.util.List;

/**
 * Shards that one Spark task measures, one after the other.
 *
 * @param shards at least one
 */
public record Pack(List<Shard> shards) implements Serializable {
  /** Rows that a pack may have: they come to the driver in one piece. */
  public static final int MOST_ROWS = 1024;

  public Pack {
    shards = List.copyOf(shards);
  }

  /** Predicted time, in nanoseconds. */
  public double predictedNanos() {
    return shards.stream().mapToDouble(Shard::predictedNanos).sum();
  }
}
