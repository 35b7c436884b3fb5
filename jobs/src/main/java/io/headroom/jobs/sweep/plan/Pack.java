package io.headroom.jobs.sweep.plan;

import java.io.Serializable;
import java.util.List;

/**
 * Shards that one Spark task measures, one after the other.
 *
 * @param shards at least one
 */
public record Pack(List<Shard> shards) implements Serializable {

  public Pack {
    shards = List.copyOf(shards);
  }

  /** Predicted time, in nanoseconds. */
  public double predictedNanos() {
    return shards.stream().mapToDouble(Shard::predictedNanos).sum();
  }
}
