package io.headroom.jobs.plan.rows;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.deployments.TokenCost;
import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.search.Deployment;
import io.headroom.plan.search.Deployment.Served;
import io.headroom.plan.search.FleetSize;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of {@code candidates} and {@code frontier}: one row a deployment, or one for all of a
 * question that have the same reason.
 */
public final class CandidateTable {
  /** Its folder among the results. */
  public static final String NAME = DeploymentTables.CANDIDATES;

  /** Of those that no other of their model dominates. */
  public static final String FRONTIER = DeploymentTables.FRONTIER;

  /** Counts the changes of the columns of all tables of a plan. */
  public static final int SCHEMA_VERSION = DeploymentTables.SCHEMA_VERSION;

  private static final Columns<CandidateRow> COLUMNS = columns();

  public static final StructType SCHEMA = COLUMNS.schema();

  private CandidateTable() {}

  static Row row(CandidateRow row) {
    return COLUMNS.row(row);
  }

  private static Columns<CandidateRow> columns() {
    return new Columns<CandidateRow>()
        .add("schema_version", IntegerType, row -> SCHEMA_VERSION)
        .add("run_id", StringType, CandidateRow::runId)
        .add("candidate_id", StringType, row -> row.isOne() ? row.planned().id() : null)
        .add("status", StringType, CandidateRow::status)
        .add("limit", StringType, row -> limit(row))
        .add("reason", StringType, CandidateTable::reason)
        .add("count", LongType, CandidateRow::count)
        .add("rank", IntegerType, row -> row.isOne() ? row.rank() : null)
        .addAll(DeploymentColumns.QUESTION, CandidateRow::planned)
        .addAll(DeploymentColumns.CHOICE, row -> row.isOne() ? row.planned() : null)
        .addAll(DeploymentColumns.DEMAND, row -> row.planned().plan())
        .addAll(memory(), row -> row.isOne() ? row : null)
        .addAll(fleet(), CandidateTable::served)
        .addAll(cost(), row -> row.isOne() ? row : null);
  }

  private static String limit(CandidateRow row) {
    return row.deployment() == null ? null : row.deployment().limit().label();
  }

  private static String reason(CandidateRow row) {
    if (row.deployment() == null) {
      return "meets the levels, and is not among the best of its question";
    }
    return row.deployment().reason().orElse(null);
  }

  private static Served served(CandidateRow row) {
    return row.isOne() ? row.deployment().served().orElseThrow() : null;
  }

  private static Columns<CandidateRow> memory() {
    return new Columns<CandidateRow>()
        .add("weights_bytes", LongType, of(Deployment::weightsBytes))
        .add("kv_pool_tokens", LongType, of(Deployment::poolTokens))
        .add(
            "kv_bytes_per_token",
            LongType,
            row -> row.planned().variant().spec().kvBytesPerToken(row.planned().kvFormat()))
        .add(
            "kv_bytes",
            LongType,
            row ->
                row.planned()
                    .variant()
                    .spec()
                    .kvBytes(row.planned().plan().comparedTokens(), row.planned().kvFormat()))
        .add(
            "kv_bytes_mha",
            LongType,
            row ->
                row.planned()
                    .variant()
                    .mha()
                    .kvBytes(row.planned().plan().comparedTokens(), KvPrecision.BF16))
        .add(
            "kv_saving",
            DoubleType,
            row ->
                row.planned()
                    .variant()
                    .kvSaving(
                        row.planned().kvFormat(),
                        KvPrecision.BF16,
                        row.planned().plan().comparedTokens()));
  }

  private static Function<CandidateRow, Object> of(Function<Deployment, Object> value) {
    return row -> value.apply(row.deployment());
  }

  private static Columns<Served> fleet() {
    return new Columns<Served>()
        .add("replicas", LongType, served -> served.fleet().replicas())
        .add("decode_replicas", LongType, served -> served.fleet().decodeReplicas())
        .add("accelerators", LongType, served -> served.fleet().accelerators())
        .add("accelerators_least", LongType, served -> accelerators(served.quicker()))
        .add("accelerators_most", LongType, served -> accelerators(served.slower()))
        .add("is_sure", BooleanType, Served::isSure)
        .add("accelerators_roofline", LongType, served -> accelerators(served.roofline()))
        .add("replica_requests_per_second", DoubleType, Served::requestsPerSecond)
        .add("fleet_requests_per_second", DoubleType, served -> served.fleet().requestsPerSecond())
        .add("ttft_p99_ms", DoubleType, served -> Columns.finite(served.ttftP99Millis()))
        .add("tpot_p99_ms", DoubleType, served -> Columns.finite(served.tpotP99Millis()))
        .add("tpot_mean_ms", DoubleType, Served::tpotMillis)
        .add("running_mean", DoubleType, Served::running)
        .add("error", DoubleType, Served::error)
        .add("basis", StringType, served -> served.basis().name().toLowerCase(Locale.ROOT));
  }

  private static Long accelerators(Optional<FleetSize> fleet) {
    return fleet.map(FleetSize::accelerators).orElse(null);
  }

  private static Columns<CandidateRow> cost() {
    return new Columns<CandidateRow>()
        .add("accelerator_usd_per_hour", DoubleType, CandidateTable::price)
        .add("usd_per_hour", DoubleType, CandidateTable::usdPerHour)
        .add(
            "usd_per_million_output_tokens",
            DoubleType,
            row -> usdPerMillion(row, row.planned().plan().demand().mix().outputTokens()))
        .add(
            "usd_per_million_tokens",
            DoubleType,
            row ->
                usdPerMillion(
                    row,
                    row.planned().plan().demand().mix().inputTokens()
                        + row.planned().plan().demand().mix().outputTokens()));
  }

  private static Double price(CandidateRow row) {
    return row.planned().plan().usdPerHour().get(row.planned().accelerator());
  }

  private static Double usdPerHour(CandidateRow row) {
    Double price = price(row);
    return price == null ? null : price * served(row).fleet().accelerators();
  }

  private static Double usdPerMillion(CandidateRow row, double tokensOfRequest) {
    Double usdPerHour = usdPerHour(row);
    if (usdPerHour == null) {
      return null;
    }
    return TokenCost.usdPerMillion(
        usdPerHour, row.planned().plan().demand().requestsPerSecond() * tokensOfRequest);
  }
}
