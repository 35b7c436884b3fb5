package io.headroom.jobs.sweep.cells;

import io.headroom.UserException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds one cell of a sweep by its id, or by the beginning of it where that is enough. */
final class CellSelection {
  private CellSelection() {}

  /**
   * The plan of one cell, buildable or not.
   *
   * @throws UserException if no cell has this id, or more than one begins so
   */
  static CellPlan only(CellPlan plan, String idOrBeginning) {
    List<String> found = ids(plan, idOrBeginning);
    if (found.isEmpty()) {
      throw new UserException(
          "--only '%s': no cell of this sweep; allowed: an id, or its beginning, from column cell_id of the results or from --dry-run"
              .formatted(idOrBeginning));
    }
    if (found.size() > 1) {
      throw new UserException(
          "--only '%s': %d cells begin so: %s and %s%s; allowed: more of the id"
              .formatted(
                  idOrBeginning,
                  found.size(),
                  found.get(0),
                  found.get(1),
                  found.size() == 2 ? "" : " among them"));
    }
    String id = found.get(0);
    Cell cell = plan.cells().get(id);
    return new CellPlan(
        cell == null ? Map.of() : Map.of(id, cell),
        plan.unbuildable().stream().filter(unbuildable -> unbuildable.id().equals(id)).toList(),
        List.of());
  }

  /** Those that are or begin so. */
  static List<String> ids(CellPlan plan, String idOrBeginning) {
    return Stream.concat(
            plan.cells().keySet().stream(), plan.unbuildable().stream().map(UnbuildableCell::id))
        .filter(id -> !idOrBeginning.isEmpty() && id.startsWith(idOrBeginning))
        .toList();
  }
}
