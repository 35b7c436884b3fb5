package io.headroom.jobs.sweep.rows;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.workload.Sequence;
import io.headroom.model.ModelSpec;
import java.io.Serializable;

/**
 * A sequence, and what the whole model keeps of it: exact, and known without measuring.
 *
 * @param kvBytesPerToken 0 where the prefix is recomputed instead, as the next
 * @param kvBytes at the final length
 * @param kvBytesMha of the same model with a KV head for each query head
 * @param stateBytes what does not grow with the sequence; 0 as above
 */
public record RowSequence(
    int id,
    int promptTokens,
    int outputTokens,
    long kvBytesPerToken,
    long kvBytes,
    long kvBytesMha,
    long stateBytes)
    implements Serializable {

  static RowSequence of(Cell cell, Sequence sequence) {
    ModelSpec model = cell.model();
    int tokens = sequence.totalTokens();
    return new RowSequence(
        sequence.id(),
        sequence.promptTokens(),
        sequence.outputTokens(),
        cell.kvCache() ? model.kvBytesPerToken(cell.precision()) : 0,
        cell.kvCache() ? model.kvBytes(tokens, cell.precision()) : 0,
        model.asMha().kvBytes(tokens, cell.precision().ofExpandedHeads()),
        cell.kvCache() ? model.stateBytes(cell.precision()) : 0);
  }

  /** The share of the MHA bytes that is not needed. */
  public double kvSaving() {
    return 1 - (double) kvBytes / kvBytesMha;
  }
}
