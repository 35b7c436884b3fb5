package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.settings.KvHeads;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A rule by which the cells of a results folder are known. All rows of a folder follow one: it
 * keeps the rule with which it was begun.
 */
public sealed interface CellIds permits CellIdsOfVersion1, CellIdsOfVersion2 {
  /** That of new folders. */
  static CellIds current() {
    return new CellIdsOfVersion2();
  }

  /** The newest first. */
  static List<CellIds> all() {
    return List.of(current(), new CellIdsOfVersion1());
  }

  /** The rule with this number; empty if there is none. */
  static Optional<CellIds> ofVersion(int version) {
    return all().stream().filter(ids -> ids.version() == version).findFirst();
  }

  int version();

  /** The models of a sweep by the names that their rows have. */
  List<ModelSpec> named(List<ConfiguredModel> models);

  /**
   * The ids of a model's cells, a hash of everything that decides the result: cells with one id are
   * one cell. What the cells have in common is hashed once.
   */
  Function<Cell, String> ofCells(ModelSpec model);

  /** The id of one cell. */
  default String of(Cell cell) {
    return ofCells(cell.model()).apply(cell);
  }

  /**
   * An id that no cell has, for a configuration that cannot be one.
   *
   * @param cellId the nearest cell's
   * @param kvHeads the KV heads that were asked for
   */
  String ofUnbuildable(String cellId, KvHeads.Count kvHeads);

  /**
   * Two plans with one fingerprint measure the same cells on the same sequences in the same way.
   */
  String ofPlan(SweepPlan plan);
}
