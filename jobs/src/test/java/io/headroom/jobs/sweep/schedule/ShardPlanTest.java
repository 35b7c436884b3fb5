package io.headroom.jobs.sweep.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.cost.CostModel;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardPlanTest {
  private static final double SHARD_NANOS = 5e9;
  private static final CostModel COSTS = CostModel.BUILT_IN;
  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);

  private static List<Sequence> sequences(int count, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, count)
        .mapToObj(id -> new Sequence(id, 1 + random.nextInt(4000), random.nextInt(100)))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 500})
  void everySequenceIsInOneShard(int count) {
    List<Sequence> sequences = sequences(count, count);

    List<Shard> shards = ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE, COSTS);

    assertThat(shards.stream().flatMap(shard -> shard.sequences().stream()).toList())
        .containsExactlyInAnyOrderElementsOf(sequences);
    assertThat(shards).allMatch(shard -> !shard.sequences().isEmpty());
    assertThat(shards)
        .allSatisfy(
            shard ->
                assertThat((double) shard.predictedNanos())
                    .isCloseTo(cost(shard), Offset.offset(1.0)));
  }

  /**
   * Longest processing time first ends at most 4/3 - 1/(3 m) later than the best plan (Graham
   * 1969).
   */
  @Test
  void shardsAreBalanced() {
    List<Sequence> sequences = sequences(500, 1);
    List<Shard> shards = ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE, COSTS);
    double total = sequences.stream().mapToDouble(ShardPlanTest::cost).sum();
    double longestSequence =
        sequences.stream().mapToDouble(ShardPlanTest::cost).max().orElseThrow();
    double lowerBound = Math.max(total / shards.size(), longestSequence);
    double longest =
        shards.stream().mapToDouble(Shard::predictedNanos).max().orElseThrow()
            - COSTS.calibrationNanos();

    assertThat(shards).hasSize((int) Math.ceil(total / SHARD_NANOS)).hasSizeGreaterThan(2);
    assertThat(longest).isLessThanOrEqualTo((4.0 / 3 - 1.0 / (3 * shards.size())) * lowerBound);
  }

  @Test
  void shortSequencesShareAShard() {
    List<Sequence> sequences =
        IntStream.range(0, 7).mapToObj(id -> new Sequence(id, 4, 1)).toList();

    assertThat(ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE, COSTS)).hasSize(1);
  }

  /** One is so long that all others together are short, and fill one shard after the other. */
  @ParameterizedTest
  @CsvSource({"1024, 1", "1025, 2", "3000, 3", "10000, 10"})
  void aShardHasNoMoreRowsThanAPackMayHave(int count, int expected) {
    List<Sequence> sequences =
        IntStream.range(0, count).mapToObj(id -> new Sequence(id, id == 0 ? 4_000 : 1, 0)).toList();
    MeasureSettings hasty =
        new MeasureSettings("run", 1, 0, 1, 0, 0, Sweeps.MEASURE.timeLimitNanos());

    List<Shard> shards = ShardPlan.split(CELL, "id", sequences, hasty, COSTS);

    assertThat(shards)
        .hasSizeGreaterThanOrEqualTo(expected)
        .allMatch(shard -> !shard.sequences().isEmpty())
        .allMatch(shard -> shard.sequences().size() <= Pack.MOST_ROWS);
    // In order, for a look-up of each among all takes seconds.
    assertThat(
            shards.stream()
                .flatMap(shard -> shard.sequences().stream())
                .sorted(Comparator.comparingInt(Sequence::id))
                .toList())
        .isEqualTo(sequences);
  }

  @Test
  void aSequenceIsNeverCut() {
    List<Sequence> sequences =
        IntStream.range(0, 3).mapToObj(id -> new Sequence(id, 200_000, 1)).toList();

    assertThat(ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE, COSTS)).hasSize(3);
  }

  @Test
  void newCostsChangeThePredictedTimeAndNothingElse() {
    Shard shard = ShardPlan.split(CELL, "id", sequences(3, 5), Sweeps.MEASURE, COSTS).get(0);
    CostModel twice = new CostModel(Map.of(), 2);

    Shard again = twice.predicted(shard);

    assertThat((double) again.predictedNanos())
        .isCloseTo(2.0 * shard.predictedNanos(), Offset.offset(2.0));
    assertThat(COSTS.predicted(again)).isEqualTo(shard);
  }

  private static double cost(Shard shard) {
    return COSTS.calibrationNanos()
        + shard.sequences().stream().mapToDouble(ShardPlanTest::cost).sum();
  }

  private static double cost(Sequence sequence) {
    return COSTS.measuringNanos(CELL, Sweeps.MEASURE).applyAsDouble(sequence);
  }
}
