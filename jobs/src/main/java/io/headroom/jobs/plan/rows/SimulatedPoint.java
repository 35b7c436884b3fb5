package io.headroom.jobs.plan.rows;

import io.headroom.plan.search.Deployment;
import io.headroom.plan.search.ExpectedService;
import io.headroom.plan.search.FleetSimulation;

/**
 * A row of {@link SimulationTable}.
 *
 * @param closedForm what the closed form says of the deployment
 * @param band what is needed if steps take less or more time
 * @param expected what it says of the simulated fleet at this load
 */
record SimulatedPoint(
    String runId,
    PlannedDeployment planned,
    Deployment.Served closedForm,
    FleetSimulation.Outcome outcome,
    SimulatedBand band,
    FleetSimulation.LoadPoint point,
    ExpectedService expected) {}
