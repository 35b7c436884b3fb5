package io.headroom.jobs.sweep;

/**
 * A configuration that cannot be a cell, such as KV heads that do not divide a model's query heads.
 *
 * @param cell the nearest that can be described: the model as it is
 * @param kvHeads the KV heads that were asked for
 * @param reason one line
 */
public record UnbuildableCell(Cell cell, KvHeads kvHeads, String reason) {

  /** An id of its own: no cell has it. */
  public String id() {
    return Fingerprint.of(cell.id() + "\n" + kvHeads, 8);
  }
}
