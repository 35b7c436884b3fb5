package io.headroom.jobs.plan.check;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.Units;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Predicted pools beside logged ones. */
record PoolReport(List<Row> rows) {
  PoolReport {
    rows = List.copyOf(rows);
  }

  /**
   * @param visible memory of the GPU, as people read it, and where that is from
   * @param reason why it is not compared, or that nothing fits
   * @param compared whether its error counts
   */
  record Row(
      String model,
      String gpu,
      String visible,
      OptionalDouble loggedGib,
      OptionalDouble predictedGib,
      OptionalDouble loggedTokens,
      OptionalDouble predictedTokens,
      Optional<String> reason,
      boolean compared) {

    /** Of the predicted pool, as a fraction of the logged one. */
    OptionalDouble error() {
      return compared
          ? OptionalDouble.of(predictedGib.getAsDouble() / loggedGib.getAsDouble() - 1)
          : OptionalDouble.empty();
    }
  }

  private long compared() {
    return rows.stream().filter(Row::compared).count();
  }

  private OptionalDouble meanError() {
    return rows.stream()
        .filter(Row::compared)
        .mapToDouble(row -> Math.abs(row.error().getAsDouble()))
        .average();
  }

  Json json() {
    return new Json(
        rows.stream()
            .map(
                row ->
                    new JsonRow(
                        row.model(),
                        row.gpu(),
                        number(row.loggedGib()),
                        number(row.predictedGib()),
                        whole(row.loggedTokens()),
                        whole(row.predictedTokens()),
                        row.reason().orElse(null)))
            .toList(),
        compared(),
        number(meanError()));
  }

  String text() {
    TextTable table =
        new TextTable(
            "model",
            "GPU",
            "visible\nGiB",
            "logged\nGiB",
            "predicted\nGiB",
            "error\n%",
            "logged\ntokens",
            "predicted\ntokens",
            "reason");
    for (Row row : rows) {
      table.add(
          row.model(),
          row.gpu(),
          row.visible(),
          twoDigits(row.loggedGib()),
          twoDigits(row.predictedGib()),
          row.error().isPresent()
              ? String.format(Locale.ROOT, "%+.1f", 100 * row.error().getAsDouble())
              : "-",
          count(row.loggedTokens()),
          count(row.predictedTokens()),
          row.reason().orElse(""));
    }
    OptionalDouble mean = meanError();
    return table.render()
        + (mean.isPresent()
            ? "%nmean absolute error of the %d pools that are compared: %s %%%n"
                .formatted(compared(), Units.threeDigits(100 * mean.getAsDouble()))
            : "%nno pool can be compared%n".formatted());
  }

  private static String twoDigits(OptionalDouble gib) {
    return gib.isPresent() ? String.format(Locale.ROOT, "%.2f", gib.getAsDouble()) : "-";
  }

  private static String count(OptionalDouble tokens) {
    return tokens.isPresent() ? Units.count((long) tokens.getAsDouble()) : "-";
  }

  private static Double number(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }

  private static Long whole(OptionalDouble number) {
    return number.isPresent() ? (Long) (long) number.getAsDouble() : null;
  }

  /** The object of {@code --json}; other programs rely on its keys. */
  record Json(
      List<JsonRow> rows,
      @JsonProperty("rows_compared") long rowsCompared,
      @JsonProperty("mean_absolute_percentage_error") Double meanAbsolutePercentageError) {}

  /** What is null is not known. */
  record JsonRow(
      String model,
      String gpu,
      @JsonProperty("logged_gib") Double loggedGib,
      @JsonProperty("predicted_gib") Double predictedGib,
      @JsonProperty("logged_tokens") Long loggedTokens,
      @JsonProperty("predicted_tokens") Long predictedTokens,
      String reason) {}
}
