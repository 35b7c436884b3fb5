package io.headroom.jobs.testkit;

import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.plan.demand.DemandTable;
import io.headroom.jobs.plan.rows.CandidateTable;
import io.headroom.jobs.plan.rows.SimulationTable;
import io.headroom.jobs.plan.rows.TimelineTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Results as a plan would have written them, of rows that a test makes up. */
public final class ScratchPlan {
  private static final double RATE = 10;
  private static final int MOST_NEEDED = 7;

  private final List<Row> candidates = new ArrayList<>();
  private final List<Row> frontier = new ArrayList<>();
  private final List<Row> simulations = new ArrayList<>();
  private final List<Row> timeline = new ArrayList<>();
  private final List<Row> demand = new ArrayList<>();

  /**
   * A deployment that was found, in the front, and simulated at the rate that is asked for, at half
   * and at twice of it; at twice it is too slow.
   *
   * @param usdPerHour of one accelerator; null where no price is known
   */
  public ScratchPlan deployment(
      String model,
      int kvHeads,
      String precision,
      String accelerator,
      int replicas,
      Double usdPerHour) {
    Row candidate = candidate(model, kvHeads, precision, accelerator, replicas, usdPerHour);
    candidates.add(candidate);
    frontier.add(candidate);
    simulate(model, kvHeads, precision, accelerator, replicas, usd(replicas, usdPerHour));
    return this;
  }

  private void simulate(
      String model, int kvHeads, String precision, String accelerator, int replicas, Double usd) {
    String id = id(model, kvHeads, precision, accelerator);
    for (double load : List.of(0.5, 1.0, 2.0)) {
      simulations.add(
          choice(SimulationTable.SCHEMA, id, model, kvHeads, precision, accelerator)
              .set("load", load)
              .set("meets_levels", load <= 1)
              .set("saturated", load > 1)
              .set("replicas", (long) replicas)
              .set("decode_replicas", 0L)
              .set("accelerators", (long) replicas)
              .set("accelerators_least", (long) replicas)
              .set("accelerators_most", kvHeads == 1 ? null : replicas + 2L)
              .set("error", 0.2)
              .set("usd_per_hour", usd)
              .set("most_load", 1.25)
              .set("never_fit", 0L)
              .set("preemptions", 0L)
              .set("ttft_p99_ms", 500 * load * load)
              .set("tpot_p99_ms", 50 * load)
              .set("kv_occupancy_peak", 0.5)
              .build());
    }
    for (int second = 0; second < 4; second++) {
      timeline.add(
          new RowBuilder(TimelineTable.SCHEMA)
              .set("candidate_id", id)
              .set("from_seconds", (double) second)
              .set("running_mean", 3.0)
              .set("waiting_mean", 0.5)
              .set("kv_occupancy_mean", 0.25)
              .set("kv_bytes_mean", 1e9 * kvHeads * (1 + second))
              .build());
    }
  }

  /** The same of one that was not simulated. */
  public ScratchPlan notSimulated(
      String model,
      int kvHeads,
      String precision,
      String accelerator,
      int replicas,
      Double usdPerHour) {
    Row candidate = candidate(model, kvHeads, precision, accelerator, replicas, usdPerHour);
    candidates.add(candidate);
    frontier.add(candidate);
    return this;
  }

  private static Row candidate(
      String model,
      int kvHeads,
      String precision,
      String accelerator,
      int replicas,
      Double usdPerHour) {
    return choice(
            CandidateTable.SCHEMA,
            id(model, kvHeads, precision, accelerator),
            model,
            kvHeads,
            precision,
            accelerator)
        .set("status", CandidateStatus.FEASIBLE)
        .set("limit", "ttft")
        .set("count", 1L)
        .set("rank", 1)
        .set("fleet_requests_per_second", 1.5 * RATE)
        .set("input_tokens_mean", 1000.0)
        .set("replicas", (long) replicas)
        .set("decode_replicas", 0L)
        .set("accelerators", (long) replicas)
        .set("accelerators_least", (long) replicas)
        .set("accelerators_most", replicas + 1L)
        .set("accelerators_roofline", 1L)
        .set("error", 0.2)
        .set("accelerator_usd_per_hour", usdPerHour)
        .set("usd_per_hour", usd(replicas, usdPerHour))
        .set("kv_saving", 1 - kvHeads / 8.0)
        .set("ttft_p99_ms", 300.0)
        .set("tpot_p99_ms", 60.0)
        .set("tpot_mean_ms", 10.0 + replicas)
        .build();
  }

  private static Double usd(int replicas, Double usdPerHour) {
    return usdPerHour == null ? null : usdPerHour * replicas;
  }

  private static String id(String model, int kvHeads, String precision, String accelerator) {
    return "%s-%d-%s-%s".formatted(model.hashCode(), kvHeads, precision, accelerator);
  }

  /**
   * What a trace of so many minutes asks of a deployment: in each one accelerator more, up to
   * seven, and then from one again.
   */
  public ScratchPlan demand(
      String model, int kvHeads, String precision, String accelerator, int minutes) {
    for (int minute = 0; minute < minutes; minute++) {
      long needed = 1L + minute % MOST_NEEDED;
      demand.add(
          new RowBuilder(DemandTable.SCHEMA)
              .set("candidate_id", id(model, kvHeads, precision, accelerator))
              .set("model", model)
              .set("accelerator", accelerator)
              .set("minute", minute)
              .set("arrivals", 60 * needed)
              .set("prompt_tokens", 60_000 * needed)
              .set("output_tokens", 6_000 * needed)
              .set("concurrent_requests", 3.0 * needed)
              .set("concurrent_kv_bytes", 1e9 * needed)
              .set("most_concurrent_kv_bytes", 1073741824.0 * needed)
              .set("accelerators_needed", needed)
              .build());
    }
    return this;
  }

  /** Deployments that cannot serve. */
  public ScratchPlan infeasible(
      String model, String accelerator, String limit, String reason, long count) {
    candidates.add(
        choice(CandidateTable.SCHEMA, null, model, 8, "bf16", accelerator)
            .set("status", CandidateStatus.INFEASIBLE)
            .set("limit", limit)
            .set("reason", reason)
            .set("count", count)
            .set("input_tokens_mean", 1000.0)
            .build());
    return this;
  }

  private static RowBuilder choice(
      StructType schema,
      String id,
      String model,
      int kvHeads,
      String precision,
      String accelerator) {
    return new RowBuilder(schema)
        .set("schema_version", DeploymentTables.SCHEMA_VERSION)
        .set("candidate_id", id)
        .set("model", model)
        .set("kv_heads", kvHeads)
        .set("variant", kvHeads == 8 ? "MHA" : kvHeads == 1 ? "MQA" : "GQA")
        .set("kv_heads_asked", kvHeads == 2 ? "model" : String.valueOf(kvHeads))
        .set("kv_precision", precision)
        .set("window", 0)
        .set("sinks", 0)
        .set("accelerator", accelerator)
        .set("weights", "bf16")
        .set("tensor", 1)
        .set("pipeline", 1)
        .set("expert", 1)
        .set("attention_data", 1)
        .set("max_batched_tokens", 2048)
        .set("max_sequences", 256)
        .set("memory_utilization", 0.9)
        .set("disaggregated", false)
        .set("requests_per_second", RATE)
        .set("output_tokens_mean", 100.0)
        .set("level_ttft_p99_ms", 2000.0)
        .set("level_tpot_p99_ms", 200.0);
  }

  /**
   * Writes all tables and the manifest of a plan that came to its end; none of a demand where there
   * is none, as plans of earlier versions.
   */
  public void write(Path folder, SparkSession spark) throws IOException {
    table(folder, DeploymentTables.CANDIDATES, spark, candidates, CandidateTable.SCHEMA);
    table(folder, DeploymentTables.FRONTIER, spark, frontier, CandidateTable.SCHEMA);
    table(folder, DeploymentTables.SIMULATIONS, spark, simulations, SimulationTable.SCHEMA);
    table(folder, DeploymentTables.TIMELINE, spark, timeline, TimelineTable.SCHEMA);
    if (!demand.isEmpty()) {
      table(folder, DeploymentTables.DEMAND, spark, demand, DemandTable.SCHEMA);
    }
    writeManifest(folder, "done", DeploymentTables.SCHEMA_VERSION);
  }

  private static void table(
      Path folder, String name, SparkSession spark, List<Row> rows, StructType schema) {
    spark
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .parquet(folder.resolve(name).toString());
  }

  /** What a plan leaves that was killed before anything was found. */
  public static void writeBegun(Path folder) throws IOException {
    for (String table :
        List.of(
            DeploymentTables.CANDIDATES,
            DeploymentTables.FRONTIER,
            DeploymentTables.SIMULATIONS,
            DeploymentTables.TIMELINE)) {
      Files.createDirectories(folder.resolve(table));
    }
    writeManifest(folder, "running", DeploymentTables.SCHEMA_VERSION);
  }

  public static void writeManifest(Path folder, String state, int schemaVersion)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("manifest.json"),
        """
        {"name": "scratch", "kind": "plan", "state": "%s", "schema_version": %d,
         "started_at": "2026-01-02T03:04:05Z", "wall_seconds": 12.5, "candidates": 60, "requests": 500,
         "prices": {"big": {"usd_per_hour": 4.0, "date": "2026-01-01", "source": "a made up list"}},
         "assumed": {"small": ["it is a host", "nothing was measured"]},
         %s"git_commit": "0123abcd", "spark_version": "4.2.0",
         "configuration": {"plan": {"name": "scratch", "accelerators": ["big", "small"]}}}
        """
            .formatted(
                state,
                schemaVersion,
                state.equals("done") ? "\"feasible\": 40, \"infeasible\": {\"kv\": 20}, " : ""));
  }
}
