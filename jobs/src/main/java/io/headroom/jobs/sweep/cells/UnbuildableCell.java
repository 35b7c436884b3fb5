package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.settings.KvHeads;
import java.util.Optional;

/**
 * A configuration that cannot be a cell: KV heads that do not divide a model's query heads, or a
 * format in which the model cannot be kept.
 *
 * @param id an id of its own: no cell has it, see {@link CellIds#ofUnbuildable}
 * @param cell the nearest that can be described: where the heads are impossible, of the model as it
 *     is
 * @param impossibleHeads the KV heads that were asked for, where they are what cannot be
 * @param reason one line
 */
public record UnbuildableCell(
    String id, Cell cell, Optional<KvHeads.Count> impossibleHeads, String reason) {}
