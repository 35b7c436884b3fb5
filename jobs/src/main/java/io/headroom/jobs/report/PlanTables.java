package io.headroom.jobs.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;

import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.jobs.deployments.TokenCost;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/** What the page shows of a plan, from the tables that the plan wrote, each in a fixed order. */
final class PlanTables {
  private static final int LONGEST_REASON = 300;

  private PlanTables() {}

  /**
   * What was simulated at the rate that is asked for, beside the limit of the closed form. Column
   * {@code is_best} marks the cheapest of each model, heads and cache that meets the levels, or
   * where none does, the cheapest; those come first, each model's cheapest before its others.
   */
  static Dataset<Row> answers(Dataset<Row> simulations, Dataset<Row> candidates) {
    Dataset<Row> closedForm =
        candidates
            .where(is(CandidateStatus.FEASIBLE))
            .select(
                "candidate_id",
                "accelerators_roofline",
                "limit",
                "kv_saving",
                "accelerator_usd_per_hour");
    Column[] bestFirst = {
      col("meets_levels").desc(), cost().asc(), col("accelerators").asc(), col("candidate_id").asc()
    };
    Column place =
        row_number().over(Window.partitionBy(columns(PlanColumns.LAYOUT)).orderBy(bestFirst));
    Column[] order =
        Stream.concat(Stream.of(col("is_best").desc(), col("model").asc()), Stream.of(bestFirst))
            .toArray(Column[]::new);
    return simulations
        .where(col("load").equalTo(1))
        .drop("load")
        .join(closedForm, "candidate_id")
        .withColumn(
            "usd_per_million_output_tokens", TokenCost.usdPerMillionOutput(col("usd_per_hour")))
        .withColumn("is_best", place.equalTo(1))
        .orderBy(order);
  }

  /**
   * Of every model, heads, cache and accelerator of which nothing was simulated the best by the
   * closed form, each model's cheapest first. Column {@code most_load} is the closed form's.
   */
  static Dataset<Row> notSimulated(Dataset<Row> simulations, Dataset<Row> candidates) {
    List<String> question =
        Stream.concat(PlanColumns.LAYOUT.stream(), Stream.of("accelerator")).toList();
    return candidates
        .where(is(CandidateStatus.FEASIBLE).and(col("rank").equalTo(1)))
        .join(
            simulations.select(columns(question)).distinct(),
            question.toArray(String[]::new),
            "left_anti")
        .withColumn(
            "usd_per_million_output_tokens", TokenCost.usdPerMillionOutput(col("usd_per_hour")))
        .withColumn(
            "most_load", col("fleet_requests_per_second").divide(col("requests_per_second")))
        .drop("status", "reason", "count", "rank")
        .orderBy(col("model"), cost(), col("accelerators"), col("candidate_id"));
  }

  /** What those of some ids do as more or fewer requests come. */
  static Dataset<Row> loads(Dataset<Row> simulations, List<String> ids) {
    return simulations
        .where(col("candidate_id").isin(ids.toArray()))
        .select(
            "candidate_id",
            "load",
            "meets_levels",
            "saturated",
            "ttft_p99_ms",
            "tpot_p99_ms",
            "preemptions",
            "never_fit")
        .orderBy("candidate_id", "load");
  }

  /** What those of some ids do over time. */
  static Dataset<Row> times(Dataset<Row> timeline, List<String> ids) {
    return timeline
        .where(col("candidate_id").isin(ids.toArray()))
        .orderBy("candidate_id", "from_seconds");
  }

  /**
   * What a trace asks for, the largest of every so many minutes; {@code minute} is the first of
   * them.
   */
  static Dataset<Row> demand(Dataset<Row> demand, int bucketMinutes) {
    Column first = col("minute").minus(pmod(col("minute"), lit(bucketMinutes)));
    return demand
        .groupBy(col("candidate_id"), first.as("minute"))
        .agg(
            max("accelerators_needed").as("accelerators_needed"),
            max("most_concurrent_kv_bytes").as("most_concurrent_kv_bytes"),
            max("arrivals").as("arrivals"))
        .orderBy("candidate_id", "minute");
  }

  /** How those of some ids are run. */
  static Dataset<Row> deployments(Dataset<Row> candidates, List<String> ids) {
    return candidates
        .where(is(CandidateStatus.FEASIBLE).and(col("candidate_id").isin(ids.toArray())))
        .select(
            Stream.concat(
                    Stream.of("candidate_id", "accelerator", "weights"),
                    Stream.concat(PlanColumns.LAYOUT.stream(), PlanColumns.RANKS.stream()))
                .map(functions::col)
                .toArray(Column[]::new))
        .orderBy("model", "candidate_id");
  }

  /** The front of every model, the cheapest first. */
  static Dataset<Row> front(Dataset<Row> frontier) {
    return frontier
        .drop("status", "reason", "count")
        .orderBy(col("model"), cost(), col("tpot_mean_ms"), col("candidate_id"));
  }

  /** How many deployments of each model every limit kept from serving. */
  static Dataset<Row> limits(Dataset<Row> candidates) {
    return candidates
        .where(is(CandidateStatus.INFEASIBLE))
        .groupBy("limit", "model")
        .agg(sum("count").as("count"))
        .orderBy("limit", "model");
  }

  /** Why deployments cannot serve, the most frequent reasons first. */
  static Dataset<Row> reasons(Dataset<Row> candidates) {
    Column[] groups =
        Stream.concat(
                Stream.of(
                    col("limit"),
                    col("reason").substr(1, LONGEST_REASON).as("reason"),
                    col("accelerator")),
                Stream.of(columns(PlanColumns.LAYOUT)))
            .toArray(Column[]::new);
    Column[] order =
        Stream.concat(
                Stream.of(col("count").desc(), col("limit"), col("reason"), col("accelerator")),
                Stream.of(columns(PlanColumns.LAYOUT)))
            .toArray(Column[]::new);
    return candidates
        .where(is(CandidateStatus.INFEASIBLE))
        .groupBy(groups)
        .agg(sum("count").as("count"))
        .orderBy(order);
  }

  /** What is asked: one row, or none where nothing was found yet. */
  static Dataset<Row> asked(Dataset<Row> candidates) {
    return candidates
        .select(
            "requests_per_second",
            "input_tokens_mean",
            "output_tokens_mean",
            "level_ttft_p99_ms",
            "level_tpot_p99_ms")
        .limit(1);
  }

  /** Accelerators where no price is known. */
  private static Column cost() {
    return coalesce(col("usd_per_hour"), col("accelerators").cast("double"));
  }

  private static Column is(String status) {
    return col("status").equalTo(status);
  }

  private static Column[] columns(List<String> names) {
    return names.stream().map(functions::col).toArray(Column[]::new);
  }
}
