package io.headroom.jobs.sweep.schedule;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cost.CostModel;
import io.headroom.jobs.workload.Sequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;

/** Cuts cells into shards of about equal predicted cost. */
public final class ShardPlan {
  /** A shard is about so long, or one sequence. */
  private static final double SHARD_NANOS = 5e9;

  private ShardPlan() {}

  /** The sequences of one cell in shards; no shard has more rows than a pack may have. */
  public static List<Shard> split(
      Cell cell,
      String cellId,
      List<Sequence> sequences,
      MeasureSettings measure,
      CostModel costs) {
    record Costed(Sequence sequence, double nanos) {}
    ToDoubleFunction<Sequence> measuring = costs.measuringNanos(cell, measure);
    List<Costed> costed =
        sequences.stream()
            .map(sequence -> new Costed(sequence, measuring.applyAsDouble(sequence)))
            .sorted(Comparator.comparingDouble(Costed::nanos).reversed())
            .toList();
    double total = costed.stream().mapToDouble(Costed::nanos).sum();
    int fewest = (costed.size() + Pack.MOST_ROWS - 1) / Pack.MOST_ROWS;
    int bins = (int) Math.max(fewest, Math.min(costed.size(), Math.ceil(total / SHARD_NANOS)));
    final class Bin {
      final List<Sequence> sequences = new ArrayList<>();
      double nanos;
    }
    PriorityQueue<Bin> emptiestFirst =
        new PriorityQueue<>(Comparator.comparingDouble((Bin bin) -> bin.nanos));
    for (int i = 0; i < bins; i++) {
      emptiestFirst.add(new Bin());
    }
    List<Bin> done = new ArrayList<>();
    for (Costed next : costed) {
      Bin bin = emptiestFirst.remove();
      bin.sequences.add(next.sequence());
      bin.nanos += next.nanos();
      (bin.sequences.size() < Pack.MOST_ROWS ? emptiestFirst : done).add(bin);
    }
    done.addAll(emptiestFirst);
    return done.stream()
        .map(
            bin ->
                new Shard(
                    cell,
                    cellId,
                    bin.sequences,
                    measure,
                    (long) (costs.calibrationNanos() + bin.nanos)))
        .toList();
  }
}
