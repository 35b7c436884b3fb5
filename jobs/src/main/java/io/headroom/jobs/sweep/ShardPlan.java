package io.headroom.jobs.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Cuts cells into shards of about equal predicted cost and shards into waves. Longer shards come
 * first, so that the last ones to run are short (longest processing time first, Graham 1969).
 */
final class ShardPlan {
  /** A shard is about so long, or one sequence. */
  private static final double SHARD_NANOS = 5e9;

  /** A wave is collected by the driver: it has no more rows than this, or one shard. */
  private static final int MOST_ROWS_A_WAVE = 4096;

  private ShardPlan() {}

  /** The sequences of one cell in shards. */
  static List<Shard> split(
      Cell cell, String cellId, List<Sequence> sequences, MeasureSettings measure) {
    record Costed(Sequence sequence, double nanos) {}
    List<Costed> costed =
        sequences.stream()
            .map(
                sequence -> new Costed(sequence, CostModel.measuringNanos(cell, sequence, measure)))
            .sorted(Comparator.comparingDouble(Costed::nanos).reversed())
            .toList();
    double total = costed.stream().mapToDouble(Costed::nanos).sum();
    int bins = (int) Math.max(1, Math.min(costed.size(), Math.ceil(total / SHARD_NANOS)));
    final class Bin {
      final List<Sequence> sequences = new ArrayList<>();
      double nanos;
    }
    PriorityQueue<Bin> emptiestFirst =
        new PriorityQueue<>(Comparator.comparingDouble((Bin bin) -> bin.nanos));
    for (int i = 0; i < bins; i++) {
      emptiestFirst.add(new Bin());
    }
    for (Costed next : costed) {
      Bin bin = emptiestFirst.remove();
      bin.sequences.add(next.sequence());
      bin.nanos += next.nanos();
      emptiestFirst.add(bin);
    }
    return emptiestFirst.stream()
        .map(bin -> new Shard(cell, cellId, bin.sequences, 0, measure, (long) bin.nanos))
        .toList();
  }

  /**
   * @param slots shards that run at once
   * @param waveNanos predicted time of a wave
   * @param firstWave number of the first wave
   */
  static List<List<Shard>> waves(List<Shard> shards, int slots, double waveNanos, int firstWave) {
    List<Shard> longestFirst =
        shards.stream()
            .sorted(
                Comparator.comparingLong(Shard::predictedNanos)
                    .reversed()
                    .thenComparing(Shard::cellId))
            .toList();
    List<List<Shard>> waves = new ArrayList<>();
    List<Shard> wave = new ArrayList<>();
    double nanos = 0;
    int rows = 0;
    for (Shard shard : longestFirst) {
      boolean full =
          nanos + shard.predictedNanos() > waveNanos * slots
              || rows + shard.sequences().size() > MOST_ROWS_A_WAVE;
      if (full && !wave.isEmpty()) {
        waves.add(List.copyOf(wave));
        wave.clear();
        nanos = 0;
        rows = 0;
      }
      wave.add(shard.inWave(firstWave + waves.size()));
      nanos += shard.predictedNanos();
      rows += shard.sequences().size();
    }
    if (!wave.isEmpty()) {
      waves.add(List.copyOf(wave));
    }
    return waves;
  }
}
