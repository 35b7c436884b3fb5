package io.headroom.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.plan.demand.DemandTable;
import io.headroom.jobs.plan.rows.CandidateTable;
import io.headroom.jobs.plan.rows.SimulationTable;
import io.headroom.jobs.plan.rows.TimelineTable;
import java.util.Map;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** What a page reads of plans is what plans write. */
class PlanColumnsTest {
  private static final Map<String, StructType> WRITTEN =
      Map.of(
          DeploymentTables.CANDIDATES, CandidateTable.SCHEMA,
          DeploymentTables.FRONTIER, CandidateTable.SCHEMA,
          DeploymentTables.SIMULATIONS, SimulationTable.SCHEMA,
          DeploymentTables.TIMELINE, TimelineTable.SCHEMA,
          DeploymentTables.DEMAND, DemandTable.SCHEMA);

  @Test
  void everyColumnIsWrittenWithItsType() {
    assertThat(PlanColumns.ALL).containsOnlyKeys(WRITTEN.keySet());
    PlanColumns.ALL.forEach(
        (table, read) -> assertThat(WRITTEN.get(table).fields()).as(table).contains(read.fields()));
  }
}
