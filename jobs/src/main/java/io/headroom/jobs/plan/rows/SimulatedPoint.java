package io.headroom.jobs.plan.rows;

import io.headroom.plan.search.Deployment;
import io.headroom.plan.search.ExpectedService;
import io.headroom.plan.search.FleetSimulation;
import io.headroom.plan.search.FleetSize;
import java.util.Optional;

/**
 * A row of {@link SimulationTable}.
 *
 * @param closedForm what the closed form says of the deployment
 * @param expected what it says of the simulated fleet at this load
 */
record SimulatedPoint(
    String runId,
    PlannedDeployment planned,
    Deployment.Served closedForm,
    FleetSimulation.Outcome outcome,
    FleetSimulation.LoadPoint point,
    ExpectedService expected) {
  private static final double ROUNDING = 1e-9;

  /** What would be needed instead if times were other ones: in the closed form's proportion. */
  Long acceleratorsAt(Optional<FleetSize> otherTimes) {
    if (otherTimes.isEmpty()) {
      return null;
    }
    int ofReplica = planned.parallel().accelerators();
    double scale = (double) otherTimes.get().accelerators() / closedForm.fleet().accelerators();
    double replicas = scale * outcome.size().accelerators() / ofReplica;
    return (long) Math.ceil(replicas - ROUNDING) * ofReplica;
  }
}
