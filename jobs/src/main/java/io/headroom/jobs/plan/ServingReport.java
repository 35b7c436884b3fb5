package io.headroom.jobs.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.plan.serving.ClosedLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Predicted TTFT and TPOT beside those of real servers. */
record ServingReport(List<Row> rows) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double P90 = 0.9;

  ServingReport {
    rows = List.copyOf(rows);
  }

  /**
   * A run and what was predicted of it.
   *
   * @param reason why nothing was; empty where it was
   */
  record Row(ServedRun run, double ttftMillis, double tpotMillis, Optional<String> reason) {
    static Row compared(ServedRun run, ClosedLoop.Result result) {
      return new Row(run, result.ttftMillis(), result.tpotMillis(), Optional.empty());
    }

    static Row skipped(ServedRun run, String reason) {
      return new Row(run, Double.NaN, Double.NaN, Optional.of(reason));
    }

    double ttftError() {
      return Math.abs(ttftMillis / run.ttftMillis() - 1);
    }

    double tpotError() {
      return Math.abs(tpotMillis / run.tpotMillis() - 1);
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
    skipped()
        .forEach(
            (reason, points) -> text.append(String.format("skipped %d: %s%n", points, reason)));
    return text.toString();
  }

  private static String line(String name, List<Row> rows) {
    return String.format(
        "%-60s  %s  %s%n",
        name, Errors.of(rows, Row::tpotError).text(), Errors.of(rows, Row::ttftError).text());
  }
}
