package io.headroom.jobs.plan.check;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.headroom.jobs.cli.TextTable;
import io.headroom.plan.accelerator.TimeBasis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** Predicted TTFT and TPOT beside those of real servers. */
record ServingReport(List<Row> rows) {
  private static final List<String> COLUMNS =
      List.of(
          "gpu",
          "model",
          "framework",
          "version",
          "tp",
          "pp",
          "attention_dp",
          "isl",
          "osl",
          "concurrency",
          "ttft_ms",
          "tpot_ms",
          "predicted_ttft_ms",
          "least_ttft_ms",
          "most_ttft_ms",
          "predicted_tpot_ms",
          "least_tpot_ms",
          "most_tpot_ms",
          "basis",
          "reason");

  /** In the order of their columns. */
  private static final List<ToDoubleFunction<PredictedRun>> PREDICTED =
      List.of(
          PredictedRun::ttftMillis,
          PredictedRun::leastTtftMillis,
          PredictedRun::mostTtftMillis,
          PredictedRun::tpotMillis,
          PredictedRun::leastTpotMillis,
          PredictedRun::mostTpotMillis);

  ServingReport {
    rows = List.copyOf(rows);
  }

  /** A run and what was predicted of it, or why nothing was: one of them. */
  record Row(ServedRun run, Optional<PredictedRun> predicted, Optional<String> reason) {
    static Row compared(ServedRun run, PredictedRun predicted) {
      return new Row(run, Optional.of(predicted), Optional.empty());
    }

    static Row skipped(ServedRun run, String reason) {
      return new Row(run, Optional.empty(), Optional.of(reason));
    }

    double ttftError() {
      return Math.abs(predicted.orElseThrow().ttftMillis() / run.ttftMillis() - 1);
    }

    double tpotError() {
      return Math.abs(predicted.orElseThrow().tpotMillis() / run.tpotMillis() - 1);
    }

    boolean isWithinBand() {
      PredictedRun band = predicted.orElseThrow();
      return run.tpotMillis() >= band.leastTpotMillis()
          && run.tpotMillis() <= band.mostTpotMillis();
    }
  }

  /** What runs are told together by. */
  private record Server(String gpu, String model, String framework) {
    static Server of(Row row) {
      return new Server(row.run().gpu(), row.run().model(), row.run().framework());
    }

    String inOrder() {
      return String.join("\t", gpu, model, framework);
    }
  }

  private List<Row> compared() {
    return rows.stream().filter(row -> row.predicted().isPresent()).toList();
  }

  private Map<Server, List<Row>> byServer() {
    Map<Server, List<Row>> groups = new LinkedHashMap<>();
    compared().stream()
        .sorted(Comparator.comparing(row -> Server.of(row).inOrder()))
        .forEach(row -> groups.computeIfAbsent(Server.of(row), any -> new ArrayList<>()).add(row));
    return groups;
  }

  private SortedMap<String, Integer> skipped() {
    SortedMap<String, Integer> reasons = new TreeMap<>();
    rows.forEach(row -> row.reason().ifPresent(reason -> reasons.merge(reason, 1, Integer::sum)));
    return reasons;
  }

  Json json() {
    List<JsonServer> by = new ArrayList<>();
    byServer()
        .forEach(
            (server, group) ->
                by.add(
                    new JsonServer(
                        server.gpu(),
                        server.model(),
                        server.framework(),
                        tpotErrors(group).rounded(),
                        ttftErrors(group).rounded())));
    List<JsonSkipped> skipped = new ArrayList<>();
    skipped().forEach((reason, points) -> skipped.add(new JsonSkipped(reason, points)));
    return new Json(
        tpotErrors(compared()).rounded(), ttftErrors(compared()).rounded(), by, skipped);
  }

  private static JsonErrors tpotErrors(List<Row> rows) {
    return errors(rows, Row::tpotError);
  }

  private static JsonErrors ttftErrors(List<Row> rows) {
    return errors(rows, Row::ttftError);
  }

  /** Of those that are numbers: a run of one token each has no TPOT. */
  private static JsonErrors errors(List<Row> rows, ToDoubleFunction<Row> error) {
    double[] errors = rows.stream().mapToDouble(error).filter(Double::isFinite).toArray();
    if (errors.length == 0) {
      return new JsonErrors(0, null, null, null);
    }
    Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(errors);
    return new JsonErrors(
        errors.length, StatUtils.mean(errors), percentile.evaluate(50), percentile.evaluate(90));
  }

  String text() {
    TextTable table =
        new TextTable(
            "GPU",
            "model",
            "engine",
            "runs",
            "TPOT mean\n%",
            "median\n%",
            "p90\n%",
            "TTFT mean\n%",
            "median\n%",
            "p90\n%");
    byServer()
        .forEach(
            (server, group) ->
                table.add(cells(server.gpu(), server.model(), server.framework(), group)));
    table.add(cells("all", "", "", compared()));
    StringBuilder text = new StringBuilder("Absolute errors:\n\n").append(table.render());
    text.append(bands());
    skipped()
        .forEach((reason, points) -> text.append("skipped %d: %s%n".formatted(points, reason)));
    return text.toString();
  }

  private static List<String> cells(String gpu, String model, String engine, List<Row> rows) {
    List<String> cells = new ArrayList<>(List.of(gpu, model, engine, "" + rows.size()));
    for (JsonErrors errors : List.of(tpotErrors(rows), ttftErrors(rows))) {
      cells.add(percent(errors.mean()));
      cells.add(percent(errors.median()));
      cells.add(percent(errors.p90()));
    }
    return cells;
  }

  private static String percent(Double fraction) {
    return fraction == null ? "-" : String.format(Locale.ROOT, "%.1f", 100 * fraction);
  }

  /** How many runs their own bands hold, and what these rest on. */
  private String bands() {
    if (compared().isEmpty()) {
      return "";
    }
    Map<TimeBasis, Long> bases =
        compared().stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.predicted().orElseThrow().basis(),
                    TreeMap::new,
                    Collectors.counting()));
    return String.format(
        Locale.ROOT,
        "%nTPOT within its band: %.0f %% of the runs; kernel times %s%n",
        100.0 * compared().stream().filter(Row::isWithinBand).count() / compared().size(),
        bases.entrySet().stream()
            .map(basis -> "%s: %d".formatted(label(basis.getKey()), basis.getValue()))
            .collect(Collectors.joining(", ")));
  }

  private static String label(TimeBasis basis) {
    return basis.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** One line a run: what it was, what was predicted, and the band of nine in ten. */
  String csv() {
    StringBuilder text = new StringBuilder(String.join(",", COLUMNS)).append('\n');
    for (Row row : rows) {
      text.append(String.join(",", csv(row))).append('\n');
    }
    return text.toString();
  }

  private static List<String> csv(Row row) {
    ServedRun run = row.run();
    List<String> values = new ArrayList<>();
    for (String name : List.of(run.gpu(), run.model(), run.framework(), run.version())) {
      values.add(csv(name));
    }
    for (int number :
        new int[] {
          run.tensor(),
          run.pipeline(),
          run.attentionData(),
          run.inputTokens(),
          run.outputTokens(),
          run.concurrency()
        }) {
      values.add(String.valueOf(number));
    }
    values.add(String.valueOf(run.ttftMillis()));
    values.add(String.valueOf(run.tpotMillis()));
    Optional<PredictedRun> predicted = row.predicted();
    for (ToDoubleFunction<PredictedRun> millis : PREDICTED) {
      values.add(predicted.map(one -> fourDigits(millis.applyAsDouble(one))).orElse(""));
    }
    values.add(predicted.map(one -> label(one.basis())).orElse(""));
    values.add(row.reason().map(ServingReport::csv).orElse(""));
    return values;
  }

  private static String fourDigits(double millis) {
    return String.format(Locale.ROOT, "%.4g", millis);
  }

  /** In quotes where it would not be one value without them. */
  private static String csv(String text) {
    boolean isPlain = text.chars().noneMatch(character -> "\",;\t\r\n".indexOf(character) >= 0);
    return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** The object of {@code --json}; other programs rely on its keys. */
  record Json(JsonErrors tpot, JsonErrors ttft, List<JsonServer> by, List<JsonSkipped> skipped) {}

  /** As fractions; null where there is no point. */
  record JsonErrors(
      int points,
      @JsonProperty("mean_absolute_percentage_error") Double mean,
      @JsonProperty("median_absolute_percentage_error") Double median,
      @JsonProperty("p90_absolute_percentage_error") Double p90) {
    JsonErrors rounded() {
      return new JsonErrors(points, fourDecimals(mean), fourDecimals(median), fourDecimals(p90));
    }

    private static Double fourDecimals(Double fraction) {
      return fraction == null ? null : Double.valueOf(Math.round(fraction * 1e4) / 1e4);
    }
  }

  record JsonServer(String gpu, String model, String framework, JsonErrors tpot, JsonErrors ttft) {}

  record JsonSkipped(String reason, int points) {}
}
