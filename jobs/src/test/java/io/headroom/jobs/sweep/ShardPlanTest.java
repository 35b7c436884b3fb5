package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardPlanTest {
  private static final int MOST_ROWS_A_WAVE = 4096;
  private static final double SHARD_NANOS = 5e9;
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

    List<Shard> shards = ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE);

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
    List<Shard> shards = ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE);
    double total = sequences.stream().mapToDouble(ShardPlanTest::cost).sum();
    double longestSequence =
        sequences.stream().mapToDouble(ShardPlanTest::cost).max().orElseThrow();
    double lowerBound = Math.max(total / shards.size(), longestSequence);
    double longest = shards.stream().mapToDouble(Shard::predictedNanos).max().orElseThrow();

    assertThat(shards).hasSize((int) Math.ceil(total / SHARD_NANOS)).hasSizeGreaterThan(2);
    assertThat(longest).isLessThanOrEqualTo((4.0 / 3 - 1.0 / (3 * shards.size())) * lowerBound);
  }

  @Test
  void shortSequencesShareAShard() {
    List<Sequence> sequences =
        IntStream.range(0, 100).mapToObj(id -> new Sequence(id, 4, 1)).toList();

    assertThat(ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE)).hasSize(1);
  }

  @Test
  void aSequenceIsNeverCut() {
    List<Sequence> sequences =
        IntStream.range(0, 3).mapToObj(id -> new Sequence(id, 200_000, 1)).toList();

    assertThat(ShardPlan.split(CELL, "id", sequences, Sweeps.MEASURE)).hasSize(3);
  }

  @Test
  void wavesHoldEveryShardOnceLongestFirst() {
    List<Shard> shards = shards(40);

    List<List<Shard>> waves = ShardPlan.waves(shards, 2, 3e9, 5);

    List<Shard> flat = waves.stream().flatMap(List::stream).toList();
    assertThat(flat.stream().map(shard -> shard.inWave(0)).toList())
        .containsExactlyInAnyOrderElementsOf(shards);
    assertThat(flat)
        .isSortedAccordingTo(Comparator.comparingLong(Shard::predictedNanos).reversed());
    for (int i = 0; i < waves.size(); i++) {
      int number = 5 + i;
      assertThat(waves.get(i)).isNotEmpty().allMatch(shard -> shard.wave() == number);
    }
  }

  @Test
  void wavesEndInTimeUnlessAShardAloneTakesLonger() {
    List<List<Shard>> waves = ShardPlan.waves(shards(40), 2, 3e9, 1);

    assertThat(waves).hasSizeGreaterThan(2);
    assertThat(waves)
        .allSatisfy(
            wave -> {
              long nanos = wave.stream().mapToLong(Shard::predictedNanos).sum();
              assertThat(wave.size() == 1 || nanos <= 2 * 3e9).isTrue();
            });
    assertThat(ShardPlan.waves(shards(40), 2, 1, 1)).hasSize(40);
    assertThat(ShardPlan.waves(shards(40), 2, 1e15, 1)).hasSize(1);
    assertThat(ShardPlan.waves(List.of(), 2, 1, 1)).isEmpty();
  }

  @Test
  void wavesHaveNoMoreRowsThanADriverShouldCollect() {
    List<Sequence> thousand =
        IntStream.range(0, 1000).mapToObj(id -> new Sequence(id, 1, 0)).toList();
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      shards.add(new Shard(CELL, "cell" + i, thousand, 0, Sweeps.MEASURE, 1));
    }

    List<List<Shard>> waves = ShardPlan.waves(shards, 2, 1e15, 1);

    assertThat(waves).hasSize(3);
    assertThat(waves)
        .allSatisfy(
            wave ->
                assertThat(wave.stream().mapToInt(shard -> shard.sequences().size()).sum())
                    .isLessThanOrEqualTo(MOST_ROWS_A_WAVE));
  }

  /** A killed run is repeated in the same order, whatever order the cells come in. */
  @Test
  void wavesDoNotDependOnTheOrderOfShards() {
    List<Shard> shards = new ArrayList<>(shards(40));
    List<List<Shard>> waves = ShardPlan.waves(shards, 2, 3e9, 1);
    Collections.shuffle(shards, new Random(3));

    assertThat(ShardPlan.waves(shards, 2, 3e9, 1)).isEqualTo(waves);
  }

  private static List<Shard> shards(int count) {
    Random random = new Random(count);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Shard(
                    CELL,
                    "cell" + i,
                    List.of(new Sequence(i, 1, 0)),
                    0,
                    Sweeps.MEASURE,
                    (long) (random.nextDouble() * 4e9)))
        .toList();
  }

  private static double cost(Shard shard) {
    return shard.sequences().stream().mapToDouble(ShardPlanTest::cost).sum();
  }

  private static double cost(Sequence sequence) {
    return CostModel.measuringNanos(CELL, sequence, Sweeps.MEASURE);
  }
}
