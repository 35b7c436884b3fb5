package io.headroom.jobs.deployments;

/** What the tables of a plan are called: those that a plan writes and other commands read. */
public final class DeploymentTables {
  /** Counts the changes of the columns of all of them. */
  public static final int SCHEMA_VERSION = 1;

  /** The best of every question by the closed form, and counts of the others. */
  public static final String CANDIDATES = "candidates";

  /** Of the candidates those that no other of their model dominates. */
  public static final String FRONTIER = "frontier";

  /** What simulated deployments do, a row a load. */
  public static final String SIMULATIONS = "simulations";

  /** What simulated deployments do over time, a row a piece of time. */
  public static final String TIMELINE = "timeline";

  /** What a trace asks for by the minute; without rows where there is none at its own rate. */
  public static final String DEMAND = "demand";

  private DeploymentTables() {}
}
