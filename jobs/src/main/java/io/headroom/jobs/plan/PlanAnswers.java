package io.headroom.jobs.plan;

import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.deployments.CandidateStatus;
import io.headroom.plan.search.FleetSimulation;
import io.headroom.plan.search.SearchSpace;
import java.util.ArrayList;
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

  /** Simulated, the cheapest first. */
  private final List<PlanAnswer> answers = new ArrayList<>();

  /** Of every question the first. */
  private final List<PlanAnswer> best = new ArrayList<>();

  /** Of every question of which nothing was simulated, the best by the closed form. */
  private final List<PlanAnswer> notSimulated = new ArrayList<>();

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
        .map(row -> new PlanAnswer(Optional.of(row), byId.get(row.<String>getAs("candidate_id"))))
        .sorted(PlanAnswer.CHEAPEST_FIRST)
        .forEach(answers::add);
    Set<String> simulated = new HashSet<>();
    answers.stream()
        .filter(answer -> simulated.add(question(answer.candidate())))
        .forEach(best::add);
    byId.values().stream()
        .filter(row -> row.<Integer>getAs("rank") == 1 && !simulated.contains(question(row)))
        .map(PlanAnswer::notSimulated)
        .sorted(PlanAnswer.CHEAPEST_FIRST)
        .forEach(notSimulated::add);
  }

  String text() {
    StringBuilder text = new StringBuilder(System.lineSeparator());
    if (!best.isEmpty()) {
      text.append(table(best)).append(System.lineSeparator());
    }
    if (!notSimulated.isEmpty()) {
      text.append("not simulated, by the closed form alone:").append(System.lineSeparator());
      text.append(table(notSimulated)).append(System.lineSeparator());
    }
    advice().forEach(line -> text.append(line).append(System.lineSeparator()));
    assumed.forEach(
        (name, lines) -> {
          text.append("assumed of ").append(name).append(':').append(System.lineSeparator());
          lines.forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
        });
    InfeasibleQuestions.lines(infeasible, PlanAnswers::question, answered)
        .forEach(line -> text.append(line).append(System.lineSeparator()));
    withoutPrice().ifPresent(line -> text.append(line).append(System.lineSeparator()));
    leftOfSimulation().ifPresent(line -> text.append(line).append(System.lineSeparator()));
    closedForm().ifPresent(of -> text.append(of.text()).append(System.lineSeparator()));
    return text.toString();
  }

  private Optional<String> leftOfSimulation() {
    int left = notSimulated.size();
    return left == 0
        ? Optional.empty()
        : Optional.of(
            "not simulated: %s of %s choices of model, heads, cache and accelerator; raise plan.simulate.best, or see candidates"
                .formatted(Units.count(left), Units.count(answered.size())));
  }

  private Optional<ClosedFormError> closedForm() {
    return ClosedFormError.of(
        answers.stream()
            .filter(answer -> answer.mostLoad() <= FleetSimulation.HIGHEST_TRIED)
            .map(PlanAnswer::row)
            .toList());
  }

  private static String table(List<PlanAnswer> listed) {
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
    for (PlanAnswer answer : listed.subList(0, Math.min(MOST_LINES, listed.size()))) {
      table.add(cells(answer));
    }
    return table.render();
  }

  private static List<String> cells(PlanAnswer answer) {
    Row row = answer.row();
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
        needed(answer),
        answer.isHopeless() ? NONE : count(row.getAs("accelerators_least")),
        count(row.getAs("accelerators_most")),
        answer.meetsLevels() ? number(answer.usdPerHour()) : NONE,
        answer.meetsLevels() ? number(answer.usdPerMillionOutput()) : NONE,
        millis(row.getAs("ttft_p99_ms")),
        millis(row.getAs("tpot_p99_ms")),
        highestLoad(answer),
        answer.candidate().getAs("limit"));
  }

  private static String needed(PlanAnswer answer) {
    if (answer.isHopeless()) {
      return "none does";
    }
    return (answer.meetsLevels() ? "" : "over ") + Units.count(answer.accelerators());
  }

  private static String highestLoad(PlanAnswer answer) {
    double load = answer.mostLoad();
    return answer.isSimulated() && load > FleetSimulation.HIGHEST_TRIED
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

  /**
   * The cheapest of each model as configured, and what other heads and caches buy; by the closed
   * form of models of which nothing was simulated.
   */
  private List<String> advice() {
    Set<String> simulated = new HashSet<>();
    answers.forEach(answer -> simulated.add(answer.model()));
    List<String> lines = new ArrayList<>(adviceOf(answers));
    lines.addAll(
        adviceOf(
            notSimulated.stream().filter(answer -> !simulated.contains(answer.model())).toList()));
    return lines;
  }

  private static List<String> adviceOf(List<PlanAnswer> among) {
    List<String> lines = new ArrayList<>();
    Map<String, PlanAnswer> asConfigured = new LinkedHashMap<>();
    for (PlanAnswer answer : among) {
      if (answer.meetsLevels() && answer.row().getAs("kv_heads_asked").equals("model")) {
        asConfigured.merge(answer.model(), answer, PlanAnswers::cheaperOrWithOwnWindow);
      }
    }
    asConfigured.values().forEach(answer -> lines.addAll(advice(answer, among)));
    return lines;
  }

  /** The first, unless only the other leaves the model its own window. */
  private static PlanAnswer cheaperOrWithOwnWindow(PlanAnswer first, PlanAnswer other) {
    return hasOwnWindow(other) && !hasOwnWindow(first) ? other : first;
  }

  private static boolean hasOwnWindow(PlanAnswer answer) {
    return answer.row().<Integer>getAs("window") == 0;
  }

  private static String deployed(Row row) {
    int window = row.getAs("window");
    String weights = row.getAs("weights");
    return "%s, %s replica%s, KV %s%s%s"
        .formatted(
            ranks(row),
            replicas(row),
            replicas(row).equals("1") ? "" : "s",
            row.getAs("kv_precision"),
            window == 0 ? "" : ", window %d + %d".formatted(window, row.<Integer>getAs("sinks")),
            weights.equals(SearchSpace.AS_CHECKPOINT) ? "" : ", weights " + weights);
  }

  private static List<String> advice(PlanAnswer answer, List<PlanAnswer> among) {
    List<String> lines = new ArrayList<>();
    Row row = answer.row();
    Double usd = answer.usdPerHour();
    lines.add(
        "%s: %s %s %s (%s), %s; %s%s"
            .formatted(
                answer.model(),
                usd == null ? "take" : "rent",
                Units.count(answer.accelerators()),
                row.getAs("accelerator"),
                deployed(row),
                usd == null ? "no price is known" : "%s USD an hour".formatted(number(usd)),
                sureness(answer),
                answer.isSimulated() ? "" : "; by the closed form, not simulated"));
    Map<String, PlanAnswer> cheapest = new LinkedHashMap<>();
    for (PlanAnswer other : among) {
      boolean comparable =
          other.model().equals(answer.model())
              && other.meetsLevels()
              && other.hasPrice() == answer.hasPrice();
      if (comparable) {
        cheapest.putIfAbsent(layout(other.row()), other);
      }
    }
    cheapest.remove(layout(row));
    cheapest.forEach(
        (layout, other) ->
            lines.add(
                "  with %s: %s %s, %s %% of that %s"
                    .formatted(
                        layout,
                        Units.count(other.accelerators()),
                        other.row().getAs("accelerator"),
                        Units.threeDigits(100 * other.cost() / answer.cost()),
                        usd == null ? "many" : "cost")));
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

  private static String sureness(PlanAnswer answer) {
    Long least = answer.row().getAs("accelerators_least");
    Long most = answer.row().getAs("accelerators_most");
    double error = answer.row().getAs("error");
    String basis = answer.candidate().<String>getAs("basis").replace('_', ' ');
    String within = "an error of %s %% (%s)".formatted(Units.threeDigits(100 * error), basis);
    if (most == null) {
      return within + " in time and no number may be enough";
    }
    return "%s in time makes that %s to %s%s"
        .formatted(within, Units.count(least), Units.count(most), otherClosedForm(answer));
  }

  /** Said where the closed form's own band does not have what was simulated. */
  private static String otherClosedForm(PlanAnswer answer) {
    Row candidate = answer.candidate();
    long simulated = answer.accelerators();
    Long least = candidate.getAs("accelerators_least");
    Long most = candidate.getAs("accelerators_most");
    boolean holds = (least == null || simulated >= least) && (most == null || simulated <= most);
    return holds
        ? ""
        : "; the closed form alone said %s (%s to %s), so do not trust which was found cheapest"
            .formatted(
                Units.count(candidate.<Long>getAs("accelerators")), count(least), count(most));
  }

  private List<PlanAnswer> all() {
    List<PlanAnswer> all = new ArrayList<>(answers);
    all.addAll(notSimulated);
    return all;
  }

  /** Accelerators that were not compared, for want of a price. */
  private Optional<String> withoutPrice() {
    Set<String> without = new TreeSet<>();
    boolean comparesCosts = false;
    for (PlanAnswer answer : all()) {
      comparesCosts |= answer.hasPrice();
      if (!answer.hasPrice()) {
        without.add(answer.row().getAs("accelerator"));
      }
    }
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
    json.put("answers", answers.stream().map(PlanAnswer::fields).toList());
    json.put("not_simulated", notSimulated.stream().map(PlanAnswer::fields).toList());
    json.put("infeasible", refused);
    json.put("closed_form", closedForm().map(ClosedFormError::json).orElse(null));
    json.put("assumed", assumed);
    return json;
  }
}
