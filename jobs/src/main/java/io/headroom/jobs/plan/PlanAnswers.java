package io.headroom.jobs.plan;

import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.jobs.deployments.TokenCost;
import io.headroom.plan.search.FleetSimulation;
import io.headroom.plan.search.SearchSpace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a plan answers, on one screen: of every question what to rent, what it costs, what limits it
 * and how sure that is, and why others cannot serve.
 */
final class PlanAnswers {
  private static final int MOST_LINES = 40;
  private static final String NONE = "-";

  /** What has no price last; at one cost, what serves most. */
  private static final Comparator<Answer> CHEAPEST_FIRST =
      Comparator.comparing((Answer answer) -> !hasPrice(answer.simulated()))
          .thenComparingDouble(answer -> cost(answer.simulated()))
          .thenComparing(Comparator.comparingDouble(PlanAnswers::mostLoad).reversed());

  /** A simulated deployment beside what the closed form says of it. */
  private record Answer(Row simulated, Row candidate) {}

  private final List<Answer> answers = new ArrayList<>();

  /** Of every question the first. */
  private final List<Answer> best = new ArrayList<>();

  /** Questions that some deployment answers, simulated or not. */
  private final Set<String> answered = new HashSet<>();

  private final List<Row> infeasible = new ArrayList<>();
  private final Map<String, List<String>> assumed;

  /**
   * @param candidates rows of candidates
   * @param simulations rows of simulations
   * @param assumed lines, by accelerator
   */
  PlanAnswers(
      Dataset<Row> candidates, Dataset<Row> simulations, Map<String, List<String>> assumed) {
    this.assumed = assumed;
    Map<String, Row> byId = new TreeMap<>();
    for (Row row : candidates.collectAsList()) {
      String status = row.getAs("status");
      if (status.equals(CandidateStatus.FEASIBLE)) {
        byId.put(row.getAs("candidate_id"), row);
        answered.add(question(row));
      } else if (status.equals(CandidateStatus.INFEASIBLE)) {
        infeasible.add(row);
      }
    }
    simulations.filter("load = 1").collectAsList().stream()
        .filter(row -> byId.containsKey(row.<String>getAs("candidate_id")))
        .map(row -> new Answer(row, byId.get(row.<String>getAs("candidate_id"))))
        .sorted(CHEAPEST_FIRST)
        .forEach(answers::add);
    Set<String> asked = new HashSet<>();
    answers.stream().filter(answer -> asked.add(question(answer.candidate()))).forEach(best::add);
  }

  private static boolean hasPrice(Row simulated) {
    return simulated.getAs("usd_per_hour") != null;
  }

  private static double mostLoad(Answer answer) {
    return answer.simulated().<Double>getAs("most_load");
  }

  private static double cost(Row simulated) {
    Double usd = simulated.getAs("usd_per_hour");
    return usd == null ? simulated.<Long>getAs("accelerators") : usd;
  }

  String text() {
    StringBuilder text = new StringBuilder(System.lineSeparator());
    if (!answers.isEmpty()) {
      text.append(table()).append(System.lineSeparator());
      advice().forEach(line -> text.append(line).append(System.lineSeparator()));
    }
    assumed.forEach(
        (name, lines) -> {
          text.append("assumed of ").append(name).append(':').append(System.lineSeparator());
          lines.forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
        });
    InfeasibleQuestions.lines(infeasible, PlanAnswers::question, answered)
        .forEach(line -> text.append(line).append(System.lineSeparator()));
    withoutPrice().ifPresent(line -> text.append(line).append(System.lineSeparator()));
    notSimulated().ifPresent(line -> text.append(line).append(System.lineSeparator()));
    closedForm().ifPresent(of -> text.append(of.text()).append(System.lineSeparator()));
    return text.toString();
  }

  private Optional<String> notSimulated() {
    int left = answered.size() - best.size();
    return left == 0
        ? Optional.empty()
        : Optional.of(
            "not simulated: %s of %s choices of model, heads, cache and accelerator; raise plan.simulate.best, or see candidates"
                .formatted(Units.count(left), Units.count(answered.size())));
  }

  private Optional<ClosedFormError> closedForm() {
    return ClosedFormError.of(
        answers.stream()
            .filter(answer -> mostLoad(answer) <= FleetSimulation.HIGHEST_TRIED)
            .map(Answer::simulated)
            .toList());
  }

  private String table() {
    TextTable table =
        new TextTable(
            "model",
            "KV\nheads",
            "KV",
            "window",
            "accelerator",
            "ranks",
            "weights",
            "replicas",
            "needed",
            "least",
            "most",
            "USD an\nhour",
            "USD a\nM output",
            "TTFT\np99",
            "TPOT\np99",
            "highest\nload",
            "limit");
    for (Answer answer : best.subList(0, Math.min(MOST_LINES, best.size()))) {
      table.add(cells(answer));
    }
    return table.render();
  }

  private static List<String> cells(Answer answer) {
    Row row = answer.simulated();
    Row candidate = answer.candidate();
    boolean meets = row.getAs("meets_levels");
    int window = row.getAs("window");
    return List.of(
        row.getAs("model"),
        row.getAs("kv_heads") + " " + row.getAs("variant"),
        row.getAs("kv_precision"),
        window == 0 ? NONE : window + "+" + row.getAs("sinks"),
        row.getAs("accelerator"),
        ranks(row),
        row.getAs("weights"),
        replicas(row),
        meets ? Units.count(row.<Long>getAs("accelerators")) : "more",
        count(row.getAs("accelerators_least")),
        count(row.getAs("accelerators_most")),
        number(row.getAs("usd_per_hour")),
        number(usdPerMillionOutput(row)),
        millis(row.getAs("ttft_p99_ms")),
        millis(row.getAs("tpot_p99_ms")),
        highestLoad(mostLoad(answer)),
        candidate.getAs("limit"));
  }

  private static String highestLoad(double load) {
    return load > FleetSimulation.HIGHEST_TRIED
        ? "over %s %%".formatted(Units.threeDigits(100 * FleetSimulation.HIGHEST_TRIED))
        : "%s %%".formatted(Units.threeDigits(100 * load));
  }

  private static String ranks(Row row) {
    StringBuilder ranks = new StringBuilder("TP" + row.getAs("tensor"));
    Map<String, String> others = new LinkedHashMap<>();
    others.put("pipeline", "PP");
    others.put("expert", "EP");
    others.put("attention_data", "DP");
    others.forEach(
        (column, name) -> {
          int number = row.getAs(column);
          if (number > 1) {
            ranks.append(' ').append(name).append(number);
          }
        });
    return ranks.toString();
  }

  private static String replicas(Row row) {
    long decoding = row.getAs("decode_replicas");
    long replicas = row.getAs("replicas");
    return decoding == 0 ? Units.count(replicas) : replicas + " + " + decoding;
  }

  static Double usdPerMillionOutput(Row row) {
    Double usdPerHour = row.getAs("usd_per_hour");
    if (usdPerHour == null) {
      return null;
    }
    return TokenCost.usdPerMillion(
        usdPerHour,
        row.<Double>getAs("requests_per_second") * row.<Double>getAs("output_tokens_mean"));
  }

  /** The cheapest of each model as configured, and what other heads and caches buy. */
  private List<String> advice() {
    List<String> lines = new ArrayList<>();
    Map<String, Answer> asConfigured = new LinkedHashMap<>();
    for (Answer answer : answers) {
      boolean meets = answer.simulated().getAs("meets_levels");
      if (meets && answer.simulated().getAs("kv_heads_asked").equals("model")) {
        asConfigured.merge(
            answer.simulated().getAs("model"), answer, PlanAnswers::cheaperOrWithOwnWindow);
      }
    }
    asConfigured.values().forEach(answer -> lines.addAll(adviceOf(answer)));
    return lines;
  }

  /** The first, unless only the other leaves the model its own window. */
  private static Answer cheaperOrWithOwnWindow(Answer first, Answer other) {
    return hasOwnWindow(other) && !hasOwnWindow(first) ? other : first;
  }

  private static boolean hasOwnWindow(Answer answer) {
    return answer.simulated().<Integer>getAs("window") == 0;
  }

  private static String deployed(Row row) {
    int window = row.getAs("window");
    String weights = row.getAs("weights");
    return "%s, %s replicas, KV %s%s%s"
        .formatted(
            ranks(row),
            replicas(row),
            row.getAs("kv_precision"),
            window == 0 ? "" : ", window %d + %d".formatted(window, row.<Integer>getAs("sinks")),
            weights.equals(SearchSpace.AS_CHECKPOINT) ? "" : ", weights " + weights);
  }

  private List<String> adviceOf(Answer answer) {
    List<String> lines = new ArrayList<>();
    Row row = answer.simulated();
    Double usd = row.getAs("usd_per_hour");
    lines.add(
        "%s: %s %s %s (%s), %s; %s"
            .formatted(
                row.getAs("model"),
                usd == null ? "take" : "rent",
                Units.count(row.<Long>getAs("accelerators")),
                row.getAs("accelerator"),
                deployed(row),
                usd == null ? "no price is known" : "%s USD an hour".formatted(number(usd)),
                sureness(answer)));
    Map<String, Row> cheapest = new LinkedHashMap<>();
    for (Answer other : answers) {
      Row of = other.simulated();
      boolean comparable =
          of.getAs("model").equals(row.getAs("model"))
              && of.<Boolean>getAs("meets_levels")
              && hasPrice(of) == hasPrice(row);
      if (comparable && of != row) {
        cheapest.putIfAbsent(layout(of), of);
      }
    }
    cheapest.remove(layout(row));
    for (Map.Entry<String, Row> other : cheapest.entrySet()) {
      double ratio = cost(other.getValue()) / cost(row);
      lines.add(
          "  with %s: %s %s, %s %% of that %s"
              .formatted(
                  other.getKey(),
                  Units.count(other.getValue().<Long>getAs("accelerators")),
                  other.getValue().getAs("accelerator"),
                  Units.threeDigits(100 * ratio),
                  usd == null ? "many" : "cost"));
    }
    return lines;
  }

  private static String layout(Row row) {
    int window = row.getAs("window");
    int heads = row.getAs("kv_heads");
    return "%d KV head%s in %s%s"
        .formatted(
            heads,
            heads == 1 ? "" : "s",
            row.getAs("kv_precision"),
            window == 0 ? "" : ", window " + window);
  }

  private static String sureness(Answer answer) {
    Long least = answer.simulated().getAs("accelerators_least");
    Long most = answer.simulated().getAs("accelerators_most");
    double error = answer.candidate().getAs("error");
    String basis = answer.candidate().<String>getAs("basis").replace('_', ' ');
    String within = "an error of %s %% (%s)".formatted(Units.threeDigits(100 * error), basis);
    if (most == null) {
      return within + " in time and no number may be enough";
    }
    return "%s in time makes that %s to %s%s"
        .formatted(within, Units.count(least), Units.count(most), otherClosedForm(answer));
  }

  /** Said where the closed form's own band does not have what was simulated. */
  private static String otherClosedForm(Answer answer) {
    Row candidate = answer.candidate();
    long simulated = answer.simulated().<Long>getAs("accelerators");
    Long least = candidate.getAs("accelerators_least");
    Long most = candidate.getAs("accelerators_most");
    boolean holds = (least == null || simulated >= least) && (most == null || simulated <= most);
    return holds
        ? ""
        : "; the closed form alone said %s (%s to %s), so do not trust which was found cheapest"
            .formatted(
                Units.count(candidate.<Long>getAs("accelerators")), count(least), count(most));
  }

  /** Accelerators that were not compared, for want of a price. */
  private Optional<String> withoutPrice() {
    Set<String> without = new TreeSet<>();
    answers.stream()
        .map(Answer::simulated)
        .filter(row -> !hasPrice(row))
        .forEach(row -> without.add(row.getAs("accelerator")));
    boolean comparesCosts = answers.stream().anyMatch(answer -> hasPrice(answer.simulated()));
    return comparesCosts && !without.isEmpty()
        ? Optional.of(
            "no price is known of %s: listed, not compared".formatted(String.join(", ", without)))
        : Optional.empty();
  }

  private static String question(Row row) {
    return "%s, %s on %s".formatted(row.getAs("model"), layout(row), row.getAs("accelerator"));
  }

  private static String count(Long value) {
    return value == null ? NONE : Units.count(value);
  }

  private static String number(Double value) {
    return value == null ? NONE : Units.threeDigits(value);
  }

  private static String millis(Double value) {
    return value == null ? NONE : String.format(Locale.ROOT, "%s ms", Units.threeDigits(value));
  }

  /** The same as one JSON object. */
  Map<String, Object> json() {
    List<Map<String, Object>> listed = new ArrayList<>();
    for (Answer answer : answers) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (String column : JSON_COLUMNS) {
        fields.put(column, answer.simulated().getAs(column));
      }
      for (String column : List.of("error", "basis", "accelerators_roofline", "limit")) {
        fields.put(column, answer.candidate().getAs(column));
      }
      fields.put("usd_per_million_output_tokens", usdPerMillionOutput(answer.simulated()));
      listed.add(fields);
    }
    List<Map<String, Object>> refused = new ArrayList<>();
    for (Row row : infeasible) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (String column :
          List.of("model", "kv_heads", "kv_precision", "accelerator", "limit", "reason", "count")) {
        fields.put(column, row.getAs(column));
      }
      refused.add(fields);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tpot", "(end_to_end - ttft) / (output_tokens - 1)");
    json.put("answers", listed);
    json.put("infeasible", refused);
    json.put("closed_form", closedForm().map(ClosedFormError::json).orElse(null));
    json.put("assumed", assumed);
    return json;
  }

  private static final List<String> JSON_COLUMNS =
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
          "requests_per_second",
          "meets_levels",
          "replicas",
          "decode_replicas",
          "accelerators",
          "accelerators_least",
          "accelerators_most",
          "usd_per_hour",
          "ttft_p99_ms",
          "tpot_p99_ms",
          "most_load",
          "kv_occupancy_mean",
          "preemptions",
          "never_fit");
}
