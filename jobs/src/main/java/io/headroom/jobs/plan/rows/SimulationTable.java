package io.headroom.jobs.plan.rows;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.plan.serving.LatencyPercentiles;
import io.headroom.plan.serving.ServingResult;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The columns of {@code simulations}: one row a simulated deployment and load. */
public final class SimulationTable {
  /** Its folder among the results. */
  public static final String NAME = DeploymentTables.SIMULATIONS;

  /** What tells its rows apart. */
  public static final List<String> KEY = List.of("candidate_id", "load");

  private static final Columns<SimulatedPoint> COLUMNS = columns();

  public static final StructType SCHEMA = COLUMNS.schema();

  private SimulationTable() {}

  static Row row(SimulatedPoint point) {
    return COLUMNS.row(point);
  }

  private static Columns<SimulatedPoint> columns() {
    Columns<SimulatedPoint> columns =
        new Columns<SimulatedPoint>()
            .add("schema_version", IntegerType, point -> CandidateTable.SCHEMA_VERSION)
            .add("run_id", StringType, SimulatedPoint::runId)
            .add("candidate_id", StringType, point -> point.planned().id())
            .addAll(DeploymentColumns.QUESTION, SimulatedPoint::planned)
            .addAll(DeploymentColumns.CHOICE, SimulatedPoint::planned)
            .addAll(DeploymentColumns.DEMAND, point -> point.planned().plan())
            .add("load", DoubleType, point -> point.point().load())
            .add("meets_levels", BooleanType, point -> point.point().meets())
            .add("replicas", LongType, point -> point.outcome().size().replicas())
            .add("decode_replicas", LongType, point -> point.outcome().size().decodeReplicas())
            .add("accelerators", LongType, point -> point.outcome().size().accelerators())
            .add("accelerators_least", LongType, point -> point.band().least())
            .add("accelerators_most", LongType, point -> point.band().most().orElse(null))
            .add("error", DoubleType, point -> point.band().error())
            .add(
                "accelerators_closed_form",
                LongType,
                point -> point.closedForm().fleet().accelerators())
            .add("usd_per_hour", DoubleType, SimulationTable::usdPerHour)
            .add("most_load", DoubleType, point -> point.outcome().mostLoad())
            .add("requests", LongType, of(ServingResult::requests))
            .add("completed", LongType, of(ServingResult::completed))
            .add("never_fit", LongType, of(ServingResult::neverFit))
            .add("preemptions", LongType, of(ServingResult::preemptions))
            .add("steps", LongType, of(ServingResult::steps))
            .add("seconds", DoubleType, of(result -> result.millis() / 1e3));
    addLatencies(columns, "ttft", ServingResult::ttft);
    addLatencies(columns, "tpot", ServingResult::tpot);
    addLatencies(columns, "end_to_end", ServingResult::endToEnd);
    addLatencies(columns, "queueing", ServingResult::queueing);
    return columns
        .add("output_tokens_per_second", DoubleType, of(ServingResult::outputTokensPerSecond))
        .add("completed_per_second", DoubleType, of(ServingResult::requestsPerSecond))
        .add("kv_occupancy_mean", DoubleType, of(ServingResult::meanKvOccupancy))
        .add("kv_occupancy_peak", DoubleType, of(ServingResult::peakKvOccupancy))
        .add("running_mean", DoubleType, of(ServingResult::meanRunning))
        .add("reused_tokens", LongType, of(result -> (long) result.reusedTokens()))
        .add("saturated", BooleanType, of(ServingResult::saturated))
        .add(
            "ttft_p99_closed_form_ms",
            DoubleType,
            point -> Columns.finite(point.expected().ttftP99Millis()))
        .add(
            "tpot_p99_closed_form_ms",
            DoubleType,
            point -> Columns.finite(point.expected().tpotP99Millis()))
        .add("most_load_closed_form", DoubleType, point -> point.expected().mostLoad());
  }

  private static Double usdPerHour(SimulatedPoint point) {
    Double price = point.planned().plan().usdPerHour().get(point.planned().accelerator());
    return price == null ? null : price * point.outcome().size().accelerators();
  }

  private static void addLatencies(
      Columns<SimulatedPoint> columns,
      String name,
      Function<ServingResult, LatencyPercentiles> of) {
    add(columns, name + "_mean_ms", of, LatencyPercentiles::mean);
    add(columns, name + "_p50_ms", of, LatencyPercentiles::p50);
    add(columns, name + "_p90_ms", of, LatencyPercentiles::p90);
    add(columns, name + "_p99_ms", of, LatencyPercentiles::p99);
    add(columns, name + "_max_ms", of, LatencyPercentiles::max);
  }

  private static void add(
      Columns<SimulatedPoint> columns,
      String name,
      Function<ServingResult, LatencyPercentiles> of,
      ToDoubleFunction<LatencyPercentiles> value) {
    columns.add(
        name,
        DoubleType,
        point -> Columns.finite(value.applyAsDouble(of.apply(point.point().result()))));
  }

  private static Function<SimulatedPoint, Object> of(Function<ServingResult, Object> value) {
    return point -> value.apply(point.point().result());
  }
}
