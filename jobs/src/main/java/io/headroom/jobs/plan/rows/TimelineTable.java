package io.headroom.jobs.plan.rows;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.plan.search.FleetSimulation;
import io.headroom.plan.serving.TimelineBin;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The columns of {@code timeline}: one row a simulated deployment and piece of time. */
public final class TimelineTable {
  /** Its folder among the results. */
  public static final String NAME = DeploymentTables.TIMELINE;

  /** What tells its rows apart. */
  public static final List<String> KEY = List.of("candidate_id", "from_seconds");

  private record BinOf(String runId, PlannedDeployment planned, long poolTokens, TimelineBin bin) {}

  private static final Columns<BinOf> COLUMNS = columns();

  public static final StructType SCHEMA = COLUMNS.schema();

  private TimelineTable() {}

  /**
   * @param poolTokens that the caches of all replicas that decode hold
   */
  static List<Row> rows(
      String runId, PlannedDeployment planned, long poolTokens, FleetSimulation.Outcome outcome) {
    return outcome.asked().result().timeline().stream()
        .map(bin -> COLUMNS.row(new BinOf(runId, planned, poolTokens, bin)))
        .toList();
  }

  private static Columns<BinOf> columns() {
    return new Columns<BinOf>()
        .add("schema_version", IntegerType, row -> CandidateTable.SCHEMA_VERSION)
        .add("run_id", StringType, BinOf::runId)
        .add("candidate_id", StringType, row -> row.planned().id())
        .addAll(DeploymentColumns.QUESTION, BinOf::planned)
        .addAll(DeploymentColumns.CHOICE, BinOf::planned)
        .add("from_seconds", DoubleType, row -> row.bin().fromMillis() / 1e3)
        .add("arrivals", LongType, row -> row.bin().arrivals())
        .add("completed", LongType, row -> row.bin().completed())
        .add("output_tokens", LongType, row -> row.bin().outputTokens())
        .add("running_mean", DoubleType, row -> row.bin().meanRunning())
        .add("waiting_mean", DoubleType, row -> row.bin().meanWaiting())
        .add("kv_occupancy_mean", DoubleType, row -> row.bin().meanKvOccupancy())
        .add("kv_occupancy_peak", DoubleType, row -> row.bin().peakKvOccupancy())
        .add("kv_bytes_mean", DoubleType, TimelineTable::kvBytes);
  }

  private static Double kvBytes(BinOf row) {
    PlannedDeployment planned = row.planned();
    return row.bin().meanKvOccupancy()
        * row.poolTokens()
        * planned.variant().spec().kvBytesPerToken(planned.kvFormat());
  }
}
