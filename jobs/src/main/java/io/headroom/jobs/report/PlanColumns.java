package io.headroom.jobs.report;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.headroom.jobs.deployments.DeploymentTables;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.StructType;

/** The columns of a plan's tables that a page shows; a plan writes more. */
final class PlanColumns {
  /** The choice of heads and cache. */
  static final List<String> LAYOUT =
      List.of("model", "kv_heads", "variant", "kv_precision", "window", "sinks");

  /** How many ranks there are of each kind. */
  static final List<String> RANKS = List.of("tensor", "pipeline", "expert", "attention_data");

  private static final StructType CANDIDATES =
      deployment()
          .add("status", StringType)
          .add("limit", StringType)
          .add("reason", StringType)
          .add("count", LongType)
          .add("rank", IntegerType)
          .add("requests_per_second", DoubleType)
          .add("input_tokens_mean", DoubleType)
          .add("output_tokens_mean", DoubleType)
          .add("level_ttft_p99_ms", DoubleType)
          .add("level_tpot_p99_ms", DoubleType)
          .add("replicas", LongType)
          .add("decode_replicas", LongType)
          .add("accelerators", LongType)
          .add("accelerators_least", LongType)
          .add("accelerators_most", LongType)
          .add("accelerators_roofline", LongType)
          .add("fleet_requests_per_second", DoubleType)
          .add("error", DoubleType)
          .add("accelerator_usd_per_hour", DoubleType)
          .add("usd_per_hour", DoubleType)
          .add("kv_saving", DoubleType)
          .add("ttft_p99_ms", DoubleType)
          .add("tpot_p99_ms", DoubleType)
          .add("tpot_mean_ms", DoubleType);

  private static final StructType SIMULATIONS =
      deployment()
          .add("requests_per_second", DoubleType)
          .add("output_tokens_mean", DoubleType)
          .add("level_ttft_p99_ms", DoubleType)
          .add("level_tpot_p99_ms", DoubleType)
          .add("load", DoubleType)
          .add("meets_levels", BooleanType)
          .add("replicas", LongType)
          .add("decode_replicas", LongType)
          .add("accelerators", LongType)
          .add("accelerators_least", LongType)
          .add("accelerators_most", LongType)
          .add("error", DoubleType)
          .add("usd_per_hour", DoubleType)
          .add("most_load", DoubleType)
          .add("never_fit", LongType)
          .add("preemptions", LongType)
          .add("ttft_p99_ms", DoubleType)
          .add("tpot_p99_ms", DoubleType)
          .add("kv_occupancy_peak", DoubleType)
          .add("saturated", BooleanType);

  private static final StructType TIMELINE =
      new StructType()
          .add("candidate_id", StringType)
          .add("from_seconds", DoubleType)
          .add("running_mean", DoubleType)
          .add("waiting_mean", DoubleType)
          .add("kv_occupancy_mean", DoubleType)
          .add("kv_bytes_mean", DoubleType);

  private static final StructType DEMAND =
      new StructType()
          .add("candidate_id", StringType)
          .add("minute", IntegerType, false)
          .add("arrivals", LongType, false)
          .add("most_concurrent_kv_bytes", DoubleType, false)
          .add("accelerators_needed", LongType, false);

  /** Tables that plans of earlier versions lack. */
  static final Set<String> MAY_LACK = Set.of(DeploymentTables.DEMAND);

  /** By table. */
  static final Map<String, StructType> ALL =
      Map.of(
          DeploymentTables.CANDIDATES, CANDIDATES,
          DeploymentTables.FRONTIER, CANDIDATES,
          DeploymentTables.SIMULATIONS, SIMULATIONS,
          DeploymentTables.TIMELINE, TIMELINE,
          DeploymentTables.DEMAND, DEMAND);

  private PlanColumns() {}

  private static StructType deployment() {
    return new StructType()
        .add("candidate_id", StringType)
        .add("model", StringType)
        .add("kv_heads", IntegerType)
        .add("variant", StringType)
        .add("kv_precision", StringType)
        .add("window", IntegerType)
        .add("sinks", IntegerType)
        .add("kv_heads_asked", StringType)
        .add("accelerator", StringType)
        .add("weights", StringType)
        .add("tensor", IntegerType)
        .add("pipeline", IntegerType)
        .add("expert", IntegerType)
        .add("attention_data", IntegerType)
        .add("max_batched_tokens", IntegerType)
        .add("max_sequences", IntegerType)
        .add("memory_utilization", DoubleType)
        .add("disaggregated", BooleanType);
  }
}
