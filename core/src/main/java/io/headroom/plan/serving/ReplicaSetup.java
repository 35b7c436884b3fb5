package io.headroom.plan.serving;

import java.util.Objects;

/**
 * One engine as it is simulated.
 *
 * @param clock how long its steps take
 * @param attentionRanks that attend to sequences of their own: limits of a rank hold for each, and
 *     are added up
 * @param poolBlocks that the caches of all ranks hold
 * @param blockTokens of a block
 */
public record ReplicaSetup(
    EngineScheduler engine, StepClock clock, int attentionRanks, long poolBlocks, int blockTokens) {
  /**
   * @throws IllegalArgumentException if a number is below 1
   */
  public ReplicaSetup {
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(clock, "clock");
    if (attentionRanks < 1 || poolBlocks < 1 || blockTokens < 1) {
      throw new IllegalArgumentException(
          "ranks, blocks of the pool and tokens of a block must be at least 1: %d, %d, %d"
              .formatted(attentionRanks, poolBlocks, blockTokens));
    }
  }

  /** The same with steps that take another part of their time. */
  public ReplicaSetup slowed(double slowdown) {
    return new ReplicaSetup(
        engine, clock.slowed(slowdown), attentionRanks, poolBlocks, blockTokens);
  }

  /** Whether its pool has room for so many positions of one sequence. */
  boolean canHold(long tokens) {
    return (tokens + blockTokens - 1) / blockTokens <= poolBlocks;
  }
}
