package io.headroom.jobs.plan;

import io.headroom.jobs.cli.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.spark.sql.Row;

/**
 * How far the closed form is from what was simulated of a plan.
 *
 * @param deployments that were simulated and serve at some load
 * @param mostLoad mean absolute difference of the highest loads, as a fraction
 * @param ttftP99 median of the closed form's p99 of TTFT over the simulated, at the asked load; NaN
 *     where the closed form cannot say it of any
 * @param tpotP99 the same of TPOT
 */
record ClosedFormError(int deployments, double mostLoad, double ttftP99, double tpotP99) {

  /**
   * @param simulated rows of simulations at load 1
   * @return empty if none serves at any load
   */
  static Optional<ClosedFormError> of(List<Row> simulated) {
    List<Row> serving =
        simulated.stream().filter(row -> row.<Double>getAs("most_load") > 0).toList();
    if (serving.isEmpty()) {
      return Optional.empty();
    }
    double mostLoad =
        ratios(serving, "most_load_closed_form", "most_load")
            .map(ratio -> Math.expm1(Math.abs(Math.log(ratio))))
            .average()
            .orElseThrow();
    Median median = new Median();
    return Optional.of(
        new ClosedFormError(
            serving.size(),
            mostLoad,
            median.evaluate(ratios(serving, "ttft_p99_closed_form_ms", "ttft_p99_ms").toArray()),
            median.evaluate(ratios(serving, "tpot_p99_closed_form_ms", "tpot_p99_ms").toArray())));
  }

  private static DoubleStream ratios(List<Row> rows, String closedForm, String simulated) {
    return rows.stream()
        .filter(row -> row.getAs(closedForm) != null && row.getAs(simulated) != null)
        .filter(row -> row.<Double>getAs(simulated) > 0)
        .mapToDouble(row -> row.<Double>getAs(closedForm) / row.<Double>getAs(simulated));
  }

  String text() {
    return "closed form beside the %d simulated: highest load %s %% off on average; at the asked load p99 of TTFT %s, of TPOT %s (medians)"
        .formatted(deployments, Units.threeDigits(100 * mostLoad), times(ttftP99), times(tpotP99));
  }

  private static String times(double ratio) {
    return Double.isNaN(ratio)
        ? "cannot be said"
        : Units.threeDigits(ratio) + " times the simulated";
  }

  Map<String, Object> json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("deployments", deployments);
    fields.put("most_load_mean_absolute_error", mostLoad);
    fields.put("ttft_p99_median_ratio", Double.isNaN(ttftP99) ? null : ttftP99);
    fields.put("tpot_p99_median_ratio", Double.isNaN(tpotP99) ? null : tpotP99);
    return fields;
  }
}
