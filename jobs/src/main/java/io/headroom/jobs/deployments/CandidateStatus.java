package io.headroom.jobs.deployments;

/** What a row of {@link DeploymentTables#CANDIDATES} says of deployments, as its column has it. */
public final class CandidateStatus {
  /** One deployment that meets the levels. */
  public static final String FEASIBLE = "feasible";

  /** How many cannot meet them, for one reason. */
  public static final String INFEASIBLE = "infeasible";

  /** How many meet the levels too, and are not among the best of their question. */
  public static final String NOT_KEPT = "not kept";

  private CandidateStatus() {}
}
