package io.headroom.jobs.sweep.cells;

import io.headroom.Fingerprint;
import io.headroom.jobs.sweep.settings.KvHeads;

/**
 * A configuration that cannot be a cell, such as KV heads that do not divide a model's query heads.
 *
 * @param id an id of its own: no cell has it
 * @param cell the nearest that can be described: the model as it is
 * @param kvHeads the KV heads that were asked for
 * @param reason one line
 */
public record UnbuildableCell(String id, Cell cell, KvHeads kvHeads, String reason) {

  /**
   * @param cellId the nearest cell's
   */
  static UnbuildableCell of(String cellId, Cell cell, KvHeads kvHeads, String reason) {
    return new UnbuildableCell(
        Fingerprint.of(cellId + "\n" + kvHeads, Cell.ID_BYTES), cell, kvHeads, reason);
  }
}
