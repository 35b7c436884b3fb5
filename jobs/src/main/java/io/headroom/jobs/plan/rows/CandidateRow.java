package io.headroom.jobs.plan.rows;

import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.plan.search.Deployment;

/**
 * A row of {@link CandidateTable}: a deployment, or how many others there are of which only that is
 * kept.
 *
 * @param status see {@link CandidateStatus}
 * @param planned the deployment; of those that are counted the first
 * @param deployment what the closed form says of it; null where others are only counted as feasible
 * @param rank among those of its question, from 1; 0 of those that are counted
 * @param count 1, or how many are counted
 */
record CandidateRow(
    String runId,
    String status,
    PlannedDeployment planned,
    Deployment deployment,
    int rank,
    long count) {
  boolean isOne() {
    return status.equals(CandidateStatus.FEASIBLE);
  }
}
