package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.sweep.settings.KvHeads;

/**
 * A configuration that cannot be a cell, such as KV heads that do not divide a model's query heads.
 *
 * @param id an id of its own: no cell has it, see {@link CellIds#ofUnbuildable}
 * @param cell the nearest that can be described: the model as it is
 * @param kvHeads the KV heads that were asked for
 * @param reason one line
 */
public record UnbuildableCell(String id, Cell cell, KvHeads kvHeads, String reason) {}
