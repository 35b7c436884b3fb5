package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.workload.Sequence;
import java.io.Serializable;
import java.util.List;

/**
 * Sequences of one cell that one Spark task measures.
 *
 * @param measure how they are measured
 * @param predictedNanos time that measuring them is predicted to take
 */
public record Shard(
    Cell cell,
    String cellId,
    List<Sequence> sequences,
    MeasureSettings measure,
    long predictedNanos)
    implements Serializable {

  public Shard {
    sequences = List.copyOf(sequences);
  }

  /** The same with some of its sequences only. */
  public Shard of(List<Sequence> some) {
    return new Shard(cell, cellId, some, measure, predictedNanos);
  }
}
