package io.headroom.jobs.sweep;

import java.io.Serializable;
import java.util.List;

/**
 * Shards that one Spark task measures, one after the other.
 *
 * @param shards at least one
 */
record Pack(List<Shard> shards) implements Serializable {

  Pack {
    shards = List.copyOf(shards);
  }

  /** Predicted time, in nanoseconds. */
  double predictedNanos() {
    return shards.stream().mapToDouble(Shard::predictedNanos).sum();
  }
}
