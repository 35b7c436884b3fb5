package io.headroom.jobs.measurements;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a sweep is to measure, as its manifest has it.
 *
 * @param plan fingerprint of all that decides what is measured; empty if the manifest does not say
 * @param cellIds the version of the rule by which cells are known; {@value #FIRST_CELL_IDS} if the
 *     manifest does not say, which it did not while there was one
 * @param models what the names of models in the rows stand for; empty if the manifest does not say
 * @param only the cell that is measured alone; null for a whole sweep
 * @param workload fingerprint of the sequences; empty if the manifest does not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlannedSweep(
    String plan,
    Integer cellIds,
    List<NamedModel> models,
    String only,
    Integer cellsPlanned,
    Integer sequences,
    String workload) {
  private static final int FIRST_CELL_IDS = 1;

  /** What a manifest says that says nothing of it. */
  public static final PlannedSweep UNKNOWN =
      new PlannedSweep(null, null, null, null, null, null, null);

  /**
   * A model under the name that its rows have.
   *
   * @param modelId a hash of what its configuration says
   */
  public record NamedModel(String name, String modelId) {}

  public PlannedSweep {
    plan = plan == null ? "" : plan;
    cellIds = cellIds == null ? FIRST_CELL_IDS : cellIds;
    models = models == null ? List.of() : List.copyOf(models);
    workload = workload == null ? "" : workload;
  }
}
