package io.headroom.jobs.plan;

import io.headroom.jobs.deployments.TokenCost;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * A deployment that answers a question.
 *
 * @param simulated its row of simulations; empty if it was not simulated
 * @param candidate what the closed form says of it
 */
record PlanAnswer(Optional<Row> simulated, Row candidate) {

  /**
   * What does not meet the levels last, before it what has no price; at one cost, what serves most.
   */
  static final Comparator<PlanAnswer> CHEAPEST_FIRST =
      Comparator.comparing((PlanAnswer answer) -> !answer.meetsLevels())
          .thenComparing(answer -> !answer.hasPrice())
          .thenComparingDouble(PlanAnswer::cost)
          .thenComparing(Comparator.comparingDouble(PlanAnswer::mostLoad).reversed());

  private static final List<String> COLUMNS =
      List.of(
          "candidate_id",
          "model",
          "kv_heads",
          "variant",
          "kv_precision",
          "window",
          "accelerator",
          "weights",
          "tensor",
          "pipeline",
          "expert",
          "attention_data",
          "max_batched_tokens",
          "max_sequences",
          "memory_utilization",
          "disaggregated",
          "requests_per_second");

  private static final List<String> FLEET_COLUMNS =
      List.of(
          "replicas",
          "decode_replicas",
          "accelerators",
          "accelerators_least",
          "accelerators_most",
          "error",
          "usd_per_hour",
          "ttft_p99_ms",
          "tpot_p99_ms");

  private static final List<String> SIMULATED_COLUMNS =
      List.of("most_load", "kv_occupancy_mean", "preemptions", "never_fit");

  private static final List<String> CLOSED_FORM_COLUMNS =
      List.of("basis", "accelerators_roofline", "limit");

  static PlanAnswer notSimulated(Row candidate) {
    return new PlanAnswer(Optional.empty(), candidate);
  }

  boolean isSimulated() {
    return simulated.isPresent();
  }

  /** What is known best: columns that simulations and candidates both have. */
  Row row() {
    return simulated.orElse(candidate);
  }

  String model() {
    return row().getAs("model");
  }

  long accelerators() {
    return row().<Long>getAs("accelerators");
  }

  /** By the closed form all do that are candidates. */
  boolean meetsLevels() {
    return !isSimulated() || row().<Boolean>getAs("meets_levels");
  }

  /**
   * Whether no load was found at which the levels are met, so that more replicas would not help.
   */
  boolean isHopeless() {
    return !meetsLevels() && mostLoad() == 0;
  }

  boolean hasPrice() {
    return usdPerHour() != null;
  }

  /** Null without a price. */
  Double usdPerHour() {
    return row().getAs("usd_per_hour");
  }

  /** US dollars an hour, or accelerators where no price is known. */
  double cost() {
    return hasPrice() ? usdPerHour() : accelerators();
  }

  /** The highest load that meets the levels, as a part of what is asked. */
  double mostLoad() {
    return isSimulated()
        ? row().<Double>getAs("most_load")
        : candidate.<Double>getAs("fleet_requests_per_second")
            / candidate.<Double>getAs("requests_per_second");
  }

  /** Null without a price. */
  Double usdPerMillionOutput() {
    return hasPrice()
        ? TokenCost.usdPerMillion(
            usdPerHour(),
            row().<Double>getAs("requests_per_second") * row().<Double>getAs("output_tokens_mean"))
        : null;
  }

  /** For JSON; what only a simulation tells is left out of what was not simulated. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    COLUMNS.forEach(column -> fields.put(column, row().getAs(column)));
    if (isSimulated()) {
      fields.put("meets_levels", meetsLevels());
    }
    FLEET_COLUMNS.forEach(column -> fields.put(column, row().getAs(column)));
    if (isSimulated()) {
      SIMULATED_COLUMNS.forEach(column -> fields.put(column, row().getAs(column)));
    } else {
      fields.put("most_load_closed_form", mostLoad());
    }
    CLOSED_FORM_COLUMNS.forEach(column -> fields.put(column, candidate.getAs(column)));
    fields.put("usd_per_million_output_tokens", usdPerMillionOutput());
    return fields;
  }
}
