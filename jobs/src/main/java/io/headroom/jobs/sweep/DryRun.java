package io.headroom.jobs.sweep;

import io.headroom.jobs.TextTable;
import io.headroom.jobs.Units;
import io.headroom.model.ModelSpec;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** What a sweep would do. */
final class DryRun {
  private static final int[] EXECUTORS = {1, 10, 100};

  private DryRun() {}

  static void print(SweepPlan plan, Workload workload, PrintStream out) {
    List<Sequence> sequences = workload.sequences();
    MeasureSettings measure = plan.measureSettings("dry-run", sequences.size());
    int longest = sequences.stream().mapToInt(Sequence::totalTokens).max().orElse(0);
    TextTable table =
        new TextTable(
            "cell",
            "model",
            "variant",
            "kv heads",
            "precision",
            "cache",
            "window",
            "engine",
            "threads",
            "KV a token",
            "KV at " + Units.count(longest),
            "predicted");
    double totalNanos = 0;
    double longestNanos = 0;
    for (Map.Entry<String, Cell> entry : plan.cells().cells().entrySet()) {
      Cell cell = entry.getValue();
      ModelSpec model = cell.model();
      double nanos = 0;
      for (Sequence sequence : sequences) {
        double sequenceNanos = CostModel.measuringNanos(cell, sequence, measure);
        longestNanos = Math.max(longestNanos, sequenceNanos);
        nanos += sequenceNanos;
      }
      totalNanos += nanos;
      table.add(
          entry.getKey(),
          model.name(),
          model.variant().name(),
          String.valueOf(model.kvHeads()),
          cell.precision().label(),
          cell.kvCache() ? "on" : "off",
          cell.window().isNone() ? "-" : cell.window().size() + "+" + cell.window().sinks(),
          cell.engine(),
          String.valueOf(cell.threads()),
          Units.bytes(model.kvBytesPerToken(cell.precision())),
          Units.bytes(model.kvBytes(longest, cell.precision())),
          Units.nanos(nanos));
    }
    out.print(table.render());
    for (UnbuildableCell unbuildable : plan.cells().unbuildable()) {
      out.printf(
          "unsupported: %s %s: %s%n",
          unbuildable.cell().model().name(),
          unbuildable.cell().precision().label(),
          unbuildable.reason());
    }
    out.printf(
        "%d cell%s, %d sequence%s, %d rows%n",
        plan.cells().cells().size(),
        plan.cells().cells().size() == 1 ? "" : "s",
        sequences.size(),
        sequences.size() == 1 ? "" : "s",
        (long) plan.cells().cells().size() * sequences.size() + plan.cells().unbuildable().size());
    for (int executors : EXECUTORS) {
      out.printf(
          "predicted time on %d executor%s: %s%n",
          executors,
          executors == 1 ? "" : "s",
          Units.nanos(Math.max(longestNanos, totalNanos / executors)));
    }
  }
}
