package io.headroom.jobs.measurements;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What a sweep is to measure, as its manifest has it.
 *
 * @param plan fingerprint of all that decides what is measured; empty if the manifest does not say
 * @param only the cell that is measured alone; null for a whole sweep
 * @param workload fingerprint of the sequences; empty if the manifest does not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlannedSweep(
    String plan, String only, Integer cellsPlanned, Integer sequences, String workload) {

  /** What a manifest says that says nothing of it. */
  public static final PlannedSweep UNKNOWN = new PlannedSweep(null, null, null, null, null);

  public PlannedSweep {
    plan = plan == null ? "" : plan;
    workload = workload == null ? "" : workload;
  }
}
