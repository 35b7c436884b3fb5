package io.headroom.jobs.sweep.executor;

import io.headroom.attention.AttentionEngine;
import java.io.Serializable;

/** Makes the engine of a shard, on the executor. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

  /**
   * @param name the engine of the cell
   * @param threads that it may use
   */
  AttentionEngine create(String name, int threads);
}
