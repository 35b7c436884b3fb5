package io.headroom.jobs.calibrate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.jobs.cli.JsonLine;
import io.headroom.jobs.cli.TextTable;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.KernelFamily;
import io.headroom.plan.accelerator.KernelTime;
import io.headroom.plan.accelerator.MeasuredCall;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a profile is off on measured tables.
 *
 * @param errors of every family
 * @param unknown of every family that has one, the rows whose kernel the profile does not know, and
 *     predicts by what is most like it
 * @param withinBand of every family whose times have bands, the part of its rows that was measured
 *     within that of its predicted time; about nine of ten where bands hold
 * @param noise of the rows themselves, of every family in which calls were measured repeatedly
 */
record ProfileCheck(
    SortedMap<KernelFamily, KernelError> errors,
    SortedMap<KernelFamily, Integer> unknown,
    SortedMap<KernelFamily, Double> withinBand,
    SortedMap<KernelFamily, KernelError> noise) {
  static ProfileCheck of(
      AcceleratorProfile profile, SortedMap<KernelFamily, List<MeasuredCall>> tables) {
    SortedMap<KernelFamily, KernelError> errors = new TreeMap<>();
    SortedMap<KernelFamily, Integer> unknown = new TreeMap<>();
    SortedMap<KernelFamily, Double> withinBand = new TreeMap<>();
    tables.forEach(
        (family, measured) -> {
          double[] off = new double[measured.size()];
          int others = 0;
          int within = 0;
          for (int i = 0; i < off.length; i++) {
            MeasuredCall row = measured.get(i);
            KernelTime time = profile.time(family, row.call());
            off[i] = Math.abs(time.millis() / row.millis() - 1);
            within += time.isWithin(row.millis()) ? 1 : 0;
            others += profile.knows(family, row.call()) ? 0 : 1;
          }
          errors.put(family, KernelError.of(off));
          withinBand.put(family, (double) within / off.length);
          if (others > 0) {
            unknown.put(family, others);
          }
        });
    return new ProfileCheck(errors, unknown, withinBand, noise(tables));
  }

  /**
   * Of errors on rows that were kept from a fit.
   *
   * @param tables in which they are
   */
  static ProfileCheck ofKept(
      SortedMap<KernelFamily, KernelError> errors,
      SortedMap<KernelFamily, List<MeasuredCall>> tables) {
    return new ProfileCheck(errors, new TreeMap<>(), new TreeMap<>(), noise(tables));
  }

  /** Of errors alone. */
  static ProfileCheck ofErrors(SortedMap<KernelFamily, KernelError> errors) {
    return new ProfileCheck(errors, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  private static SortedMap<KernelFamily, KernelError> noise(
      SortedMap<KernelFamily, List<MeasuredCall>> tables) {
    SortedMap<KernelFamily, KernelError> noise = new TreeMap<>();
    tables.forEach(
        (family, measured) ->
            RepeatNoise.of(measured).ifPresent(found -> noise.put(family, found)));
    return noise;
  }

  /** One object, with a line end. */
  String json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    errors.forEach(
        (family, error) -> {
          ObjectNode one = root.putObject(family.label());
          one.put("rows", error.rows());
          one.put("mean_absolute_percentage_error", error.mean());
          one.put("p90_absolute_percentage_error", error.p90());
          if (withinBand.containsKey(family)) {
            one.put("within_band", withinBand.get(family));
          }
          if (noise.containsKey(family)) {
            one.put("repeated_rows", noise.get(family).rows());
            one.put("mean_absolute_percentage_noise", noise.get(family).mean());
          }
        });
    for (Map.Entry<KernelFamily, Integer> rows : unknown.entrySet()) {
      root.withObject("/" + rows.getKey().label()).put("rows_of_unknown_kernels", rows.getValue());
    }
    return JsonLine.of(root);
  }

  String table() {
    TextTable table =
        new TextTable(
            "family", "rows", "mean error", "p90 error", "within band", "noise", "unknown");
    TreeMap<KernelFamily, Integer> families = new TreeMap<>(unknown);
    errors.keySet().forEach(family -> families.putIfAbsent(family, 0));
    families.forEach(
        (family, rows) -> {
          KernelError error = errors.get(family);
          table.add(
              family.label(),
              error == null ? "0" : String.valueOf(error.rows()),
              error == null ? "-" : percent(error.mean()),
              error == null ? "-" : percent(error.p90()),
              withinBand.containsKey(family) ? percent(withinBand.get(family)) : "-",
              noise.containsKey(family) ? percent(noise.get(family).mean()) : "-",
              String.valueOf(rows));
        });
    return table.render();
  }

  static String percent(double fraction) {
    return "%.1f %%".formatted(100 * fraction);
  }
}
