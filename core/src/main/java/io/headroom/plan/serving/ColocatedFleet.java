package io.headroom.plan.serving;

import java.util.Objects;

/** Replicas that each run prompts and decode. */
public record ColocatedFleet(ReplicaSetup replica, int replicas, Routing routing) implements Fleet {
  /**
   * @throws IllegalArgumentException if there is no replica
   */
  public ColocatedFleet {
    Objects.requireNonNull(replica, "replica");
    Objects.requireNonNull(routing, "routing");
    if (replicas < 1) {
      throw new IllegalArgumentException("there must be at least 1 replica: " + replicas);
    }
  }
}
