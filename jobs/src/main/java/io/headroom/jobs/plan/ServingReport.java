package io.headroom.jobs.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.plan.accelerator.TimeBasis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Predicted TTFT and TPOT beside those of real servers. */
record ServingReport(List<Row> rows) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double P90 = 0.9;
  private static final List<String> NOT_PREDICTED = List.of("", "", "", "", "", "", "");

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

  /** Of absolute errors, as fractions. */
  private record Errors(int points, double mean, double median, double p90) {
    static Errors of(List<Row> rows, ToDoubleFunction<Row> error) {
      double[] sorted =
          rows.stream().mapToDouble(error).filter(Double::isFinite).sorted().toArray();
      return new Errors(
          sorted.length,
          Arrays.stream(sorted).average().orElse(Double.NaN),
          quantile(sorted, 0.5),
          quantile(sorted, P90));
    }

    private static double quantile(double[] sorted, double quantile) {
      if (sorted.length == 0) {
        return Double.NaN;
      }
      double rank = quantile * (sorted.length - 1);
      int low = (int) rank;
      int high = Math.min(low + 1, sorted.length - 1);
      return sorted[low] + (rank - low) * (sorted[high] - sorted[low]);
    }

    ObjectNode json() {
      return JSON.createObjectNode()
          .put("points", points)
          .put("mean_absolute_percentage_error", rounded(mean))
          .put("median_absolute_percentage_error", rounded(median))
          .put("p90_absolute_percentage_error", rounded(p90));
    }

    private static Double rounded(double value) {
      return Double.isNaN(value) ? null : Math.round(value * 1e4) / 1e4;
    }

    String text() {
      return String.format(
          Locale.ROOT, "%5d %7.1f %7.1f %7.1f", points, 100 * mean, 100 * median, 100 * p90);
    }
  }

  private List<Row> compared() {
    return rows.stream().filter(row -> row.reason().isEmpty()).toList();
  }

  private Map<String, List<Row>> groups() {
    SortedMap<String, List<Row>> groups = new TreeMap<>();
    for (Row row : compared()) {
      String key = String.join("\t", row.run().gpu(), row.run().model(), row.run().framework());
      groups.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
    }
    return groups;
  }

  private SortedMap<String, Integer> skipped() {
    SortedMap<String, Integer> reasons = new TreeMap<>();
    rows.forEach(row -> row.reason().ifPresent(reason -> reasons.merge(reason, 1, Integer::sum)));
    return reasons;
  }

  ObjectNode json() {
    ObjectNode root = JSON.createObjectNode();
    root.set("tpot", Errors.of(compared(), Row::tpotError).json());
    root.set("ttft", Errors.of(compared(), Row::ttftError).json());
    ArrayNode by = root.putArray("by");
    groups()
        .forEach(
            (key, group) -> {
              String[] names = key.split("\t", -1);
              ObjectNode one = by.addObject();
              one.put("gpu", names[0]).put("model", names[1]).put("framework", names[2]);
              one.set("tpot", Errors.of(group, Row::tpotError).json());
              one.set("ttft", Errors.of(group, Row::ttftError).json());
            });
    ArrayNode skipped = root.putArray("skipped");
    skipped()
        .forEach(
            (reason, points) -> skipped.addObject().put("reason", reason).put("points", points));
    return root;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-60s  %-29s  %-29s%n", "absolute errors, %", "TPOT: runs mean median p90", "TTFT"));
    groups().forEach((key, group) -> text.append(line(key.replace("\t", " "), group)));
    text.append(line("all", compared()));
    text.append(bands());
    skipped()
        .forEach(
            (reason, points) -> text.append(String.format("skipped %d: %s%n", points, reason)));
    return text.toString();
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
        "TPOT within its band: %.0f %% of the runs; kernel times %s%n",
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
    StringBuilder text =
        new StringBuilder(
            "gpu,model,framework,version,tp,pp,attention_dp,isl,osl,concurrency,ttft_ms,tpot_ms,"
                + "predicted_ttft_ms,least_ttft_ms,most_ttft_ms,predicted_tpot_ms,least_tpot_ms,"
                + "most_tpot_ms,basis,reason\n");
    for (Row row : rows) {
      ServedRun run = row.run();
      List<Object> values = new ArrayList<>();
      values.addAll(List.of(run.gpu(), run.model(), run.framework(), run.version()));
      values.addAll(List.of(run.tensor(), run.pipeline(), run.attentionData()));
      values.addAll(List.of(run.inputTokens(), run.outputTokens(), run.concurrency()));
      values.addAll(List.of(run.ttftMillis(), run.tpotMillis()));
      values.addAll(row.predicted().map(ServingReport::values).orElse(NOT_PREDICTED));
      values.add(row.reason().map(ServingReport::quoted).orElse(""));
      text.append(values.stream().map(String::valueOf).collect(Collectors.joining(",")));
      text.append('\n');
    }
    return text.toString();
  }

  private static List<String> values(PredictedRun predicted) {
    return List.of(
        fourDigits(predicted.ttftMillis()),
        fourDigits(predicted.leastTtftMillis()),
        fourDigits(predicted.mostTtftMillis()),
        fourDigits(predicted.tpotMillis()),
        fourDigits(predicted.leastTpotMillis()),
        fourDigits(predicted.mostTpotMillis()),
        label(predicted.basis()));
  }

  private static String fourDigits(double millis) {
    return String.format(Locale.ROOT, "%.4g", millis);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private static String line(String name, List<Row> rows) {
    return String.format(
        "%-60s  %s  %s%n",
        name, Errors.of(rows, Row::tpotError).text(), Errors.of(rows, Row::ttftError).text());
  }
}
