package io.headroom.jobs.sweep;

import io.headroom.jobs.cli.TextTable;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.SweepPlan;
import io.headroom.jobs.sweep.cells.UnbuildableCell;
import io.headroom.jobs.sweep.cost.CostModel;
import io.headroom.jobs.sweep.schedule.PackQueue;
import io.headroom.jobs.sweep.schedule.PackSchedule;
import io.headroom.jobs.sweep.schedule.ShardPlan;
import io.headroom.jobs.workload.Sequence;
import io.headroom.jobs.workload.Workload;
import io.headroom.model.ModelSpec;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What a sweep would do. */
final class DryRun {
  private static final int[] EXECUTORS = {1, 10, 100};

  private final SweepPlan plan;
  private final CostModel costs;
  private final List<Sequence> sequences;
  private final List<Axis> axes;
  private final int longest;
  private final Map<String, Double> nanosByCell = new HashMap<>();
  private final List<Shard> shards = new ArrayList<>();

  private DryRun(SweepPlan plan, Workload workload, CostModel costs) {
    this.plan = plan;
    this.costs = costs;
    this.axes = axes(plan);
    this.sequences = workload.sequences();
    this.longest = sequences.stream().mapToInt(Sequence::totalTokens).max().orElse(0);
  }

  static void print(SweepPlan plan, Workload workload, CostModel costs, PrintStream out) {
    DryRun dryRun = new DryRun(plan, workload, costs);
    dryRun.predict();
    dryRun.printCells(out);
    dryRun.printUnbuildable(out);
    dryRun.printCounts(out);
    dryRun.printTimes(out);
  }

  private void predict() {
    MeasureSettings measure = plan.measureSettings("dry-run", sequences.size());
    plan.cells()
        .cells()
        .forEach(
            (id, cell) -> {
              List<Shard> ofCell = ShardPlan.split(cell, id, sequences, measure, costs);
              shards.addAll(ofCell);
              nanosByCell.put(id, ofCell.stream().mapToDouble(Shard::predictedNanos).sum());
            });
    // Sorted once: every queue sorts it again, which costs nothing then.
    shards.sort(PackQueue.SHORTEST_FIRST);
  }

  private void printCells(PrintStream out) {
    List<String> header = new ArrayList<>(List.of("cell"));
    axes.forEach(axis -> header.add(axis.title()));
    header.addAll(List.of("KV a token", "KV at " + Units.count(longest), "predicted"));
    Iterable<List<String>> rows = this::rows;
    TextTable.write(header, rows, out::print);
  }

  private Iterator<List<String>> rows() {
    return plan.cells().cells().entrySet().stream()
        .map(entry -> row(entry.getKey(), entry.getValue()))
        .iterator();
  }

  private List<String> row(String id, Cell cell) {
    ModelSpec model = cell.model();
    List<String> row = new ArrayList<>(List.of(id));
    axes.forEach(axis -> row.add(text(axis, cell)));
    row.add(Units.bytes(model.kvBytesPerToken(cell.precision())));
    row.add(Units.bytes(model.kvBytes(longest, cell.precision())));
    row.add(Units.nanos(nanosByCell.get(id)));
    return row;
  }

  /** As it was asked for: a model's own windows are no window of the sweep. */
  private static String text(Axis axis, Cell cell) {
    return switch (axis) {
      case MODEL -> cell.model().name();
      case VARIANT -> cell.model().variant().name();
      case KV_HEADS -> String.valueOf(cell.model().kvHeads());
      case KV_PRECISION -> cell.precision().label();
      case KV_CACHE -> cell.kvCache() ? "on" : "off";
      case WINDOW ->
          cell.window().isNone() ? "-" : cell.window().size() + "+" + cell.window().sinks();
      case ENGINE -> cell.engine();
      case THREADS -> String.valueOf(cell.threads());
      case CONTENTION -> String.valueOf(cell.contention());
      case CONTEXT_SHARDS -> String.valueOf(cell.contextShards());
    };
  }

  /** All but shards of a sequence where no sequence has several. */
  private static List<Axis> axes(SweepPlan plan) {
    boolean isSharded =
        plan.cells().cells().values().stream().anyMatch(cell -> cell.contextShards() > 1);
    return Arrays.stream(Axis.values())
        .filter(axis -> axis != Axis.CONTEXT_SHARDS || isSharded)
        .toList();
  }

  private void printUnbuildable(PrintStream out) {
    for (UnbuildableCell unbuildable : plan.cells().unbuildable()) {
      out.printf(
          "unsupported: %s %s: %s%n",
          unbuildable.cell().model().name(),
          unbuildable.cell().precision().label(),
          unbuildable.reason());
    }
  }

  private void printCounts(PrintStream out) {
    long cells = plan.cells().cells().size();
    out.printf(
        "%d cell%s, %d sequence%s, %d rows%n",
        cells,
        cells == 1 ? "" : "s",
        sequences.size(),
        sequences.size() == 1 ? "" : "s",
        cells * sequences.size() + plan.cells().unbuildable().size());
  }

  /** By packing the shards as the sweep would. */
  private void printTimes(PrintStream out) {
    double mostNanos = plan.settings().waveSeconds() * 1e9;
    for (int executors : EXECUTORS) {
      PackQueue queue = new PackQueue(Collections.unmodifiableList(shards), mostNanos);
      out.printf(
          "predicted time on %d executor%s: %s%n",
          executors,
          executors == 1 ? "" : "s",
          Units.nanos(PackSchedule.makespanNanos(queue, executors)));
    }
  }
}
