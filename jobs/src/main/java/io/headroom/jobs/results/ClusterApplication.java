package io.headroom.jobs.results;

import java.util.Optional;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * The application whose driver this process is, where YARN runs the driver: it starts it again if
 * it ends early, and never two at once.
 *
 * @param id such as {@code application_1796089327095_0001}
 * @param attempt from 1
 */
record ClusterApplication(String id, int attempt) {
  /** Spark tells its driver so, where that runs in the cluster. */
  private static final String ID = "spark.yarn.app.id";

  /** YARN tells every container which it is, and so of which attempt. */
  private static final String CONTAINER = "CONTAINER_ID";

  static Optional<ClusterApplication> current() {
    return of(System.getProperty(ID), System.getenv(CONTAINER));
  }

  /**
   * @param id null where there is no such application
   * @param container null where there is none
   */
  static Optional<ClusterApplication> of(String id, String container) {
    if (id == null || container == null) {
      return Optional.empty();
    }
    ApplicationAttemptId attempt = ContainerId.fromString(container).getApplicationAttemptId();
    return Optional.of(new ClusterApplication(id, attempt.getAttemptId()));
  }

  /** Whether the other one is over because this one has begun. */
  boolean follows(ClusterApplication other) {
    return id.equals(other.id) && attempt > other.attempt;
  }
}
