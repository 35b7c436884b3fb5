package io.headroom.jobs.sweep.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packs hold everything once, and come in an order in which slots end together. */
class PackQueueTest {
  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
  private static final double SECOND = 1e9;
  private static final double MINUTE = 60 * SECOND;
  private static final double TENTH_MORE = 1.10;

  /** Of the time that longest-first takes beyond the best (Graham 1969). */
  private static final double GRAHAM = 4.0 / 3;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100})
  void holdsEveryShardOnceLongestFirst(int slots) {
    List<Shard> shards = mixed(500, 1);

    List<Pack> packs = packs(shards, MINUTE, slots);

    List<Shard> flat = packs.stream().flatMap(pack -> pack.shards().stream()).toList();
    assertThat(flat).containsExactlyInAnyOrderElementsOf(shards);
    assertThat(flat)
        .isSortedAccordingTo(Comparator.comparingLong(Shard::predictedNanos).reversed());
    assertThat(packs).hasSizeLessThan(shards.size());
  }

  /** A killed run is repeated in the same order, whatever order the cells come in. */
  @Test
  void doesNotDependOnTheOrderOfShards() {
    List<Shard> shards = mixed(200, 2);
    List<Pack> packs = packs(shards, MINUTE, 2);
    List<Shard> shuffled = new ArrayList<>(shards);
    Collections.shuffle(shuffled, new Random(3));

    assertThat(packs(shuffled, MINUTE, 2)).isEqualTo(packs);
  }

  @Test
  void shortShardsGoTogetherAndPacksShrinkTowardsTheEnd() {
    List<Pack> packs = packs(equal(2000, 0.01 * SECOND), MINUTE, 2);

    assertThat(packs.get(0).predictedNanos()).isBetween(2 * SECOND, 5 * SECOND);
    assertThat(packs).hasSizeLessThan(60);
    assertThat(packs.get(packs.size() - 1).predictedNanos()).isLessThanOrEqualTo(0.2 * SECOND);
    assertThat(packs)
        .isSortedAccordingTo(Comparator.comparingDouble(Pack::predictedNanos).reversed());
  }

  @Test
  void aLongShardIsAPackOfItsOwn() {
    assertThat(packs(equal(7, 6 * SECOND), MINUTE, 2)).hasSize(7);
  }

  @Test
  void severalShardsAreNeverLongerThanAWave() {
    assertThat(packs(equal(100, 0.01 * SECOND), 0.05 * SECOND, 2))
        .hasSize(20)
        .allMatch(pack -> pack.predictedNanos() <= 0.05 * SECOND);
    assertThat(packs(equal(100, 0.01 * SECOND), 1, 2)).hasSize(100);
  }

  /** Executors may come while the first packs run. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aShortSweepIsWorkForSeveralExecutors(int slots) {
    assertThat(packs(equal(12, 0.001 * SECOND), MINUTE, slots)).hasSizeBetween(6, 12);
    assertThat(packs(equal(160, 0.001 * SECOND), MINUTE, slots)).hasSizeBetween(8, 40);
  }

  @Test
  void aPackHasNoMoreRowsThanADriverShouldTakeAtOnce() {
    List<Sequence> hundred =
        IntStream.range(0, 100).mapToObj(id -> new Sequence(id, 1, 0)).toList();
    List<Shard> shards =
        IntStream.range(0, 500)
            .mapToObj(i -> new Shard(CELL, "cell" + i, hundred, Sweeps.MEASURE, 10_000_000))
            .toList();

    List<Pack> packs = packs(shards, MINUTE, 1);

    assertThat(packs.get(0).shards()).hasSize(10);
    assertThat(packs)
        .allMatch(
            pack ->
                pack.shards().stream().mapToInt(shard -> shard.sequences().size()).sum()
                    <= Pack.MOST_ROWS);
  }

  @Test
  void newPredictionsChangeTheOrderOfWhatIsLeft() {
    PackQueue queue = new PackQueue(List.of(shard(0, 10), shard(1, 20), shard(2, 30)), 1);
    assertThat(queue.next(1).shards()).containsExactly(shard(2, 30));

    queue.predict(shard -> shard(shard.sequences().get(0).id(), 100 - shard.predictedNanos()));

    assertThat(queue.leftNanos()).isEqualTo(170);
    assertThat(queue.next(1).shards()).containsExactly(shard(0, 90));
    assertThat(queue.next(1).shards()).containsExactly(shard(1, 80));
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.leftNanos()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2", "3, 2", "4, 3", "5, 3", "6, 4"})
  void fewShardsEndAsSoonAsGrahamSays(int seed, int slots) {
    Random random = new Random(seed);
    List<Shard> shards =
        IntStream.range(0, 9)
            .mapToObj(id -> shard(id, (5 + 25 * random.nextDouble()) * SECOND))
            .toList();

    double taken = PackSchedule.makespanNanos(new PackQueue(shards, MINUTE), slots);

    double best = best(shards, new double[slots], 0);
    assertThat(taken).isBetween(best, GRAHAM * best);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2", "3, 10", "4, 10", "5, 40"})
  void manyShardsOfAllLengthsEndWithinATenthOfTheBest(int seed, int slots) {
    List<Shard> shards = mixed(4000, seed);

    double taken = PackSchedule.makespanNanos(new PackQueue(shards, MINUTE), slots);

    assertThat(taken).isLessThanOrEqualTo(TENTH_MORE * bound(shards, slots));
  }

  @Test
  void shardsOfAThirdOfASecondEndWithinATenthOfTheBest() {
    List<Shard> shards = equal(200, 0.3 * SECOND);

    double taken = PackSchedule.makespanNanos(new PackQueue(shards, MINUTE), 2);

    assertThat(taken).isLessThanOrEqualTo(TENTH_MORE * bound(shards, 2));
  }

  /** Who comes first gets the next: a slot that was lucky takes more. */
  @Test
  void wrongPredictionsAreEvenedOut() {
    List<Shard> shards = mixed(4000, 6);
    ToDoubleFunction<Pack> real =
        pack ->
            pack.shards().stream()
                .mapToDouble(shard -> shard.predictedNanos() * factor(shard))
                .sum();
    List<Shard> really =
        shards.stream()
            .map(
                shard ->
                    shard(shard.sequences().get(0).id(), shard.predictedNanos() * factor(shard)))
            .toList();

    double taken = PackSchedule.makespanNanos(new PackQueue(shards, MINUTE), 2, real);

    assertThat(taken).isLessThanOrEqualTo(TENTH_MORE * bound(really, 2));
  }

  @Test
  void nothingTakesNoTime() {
    assertThat(PackSchedule.makespanNanos(new PackQueue(List.of(), MINUTE), 2)).isZero();
  }

  /** From a half to twice. */
  private static double factor(Shard shard) {
    return Math.pow(2, 2 * new Random(shard.sequences().get(0).id()).nextDouble() - 1);
  }

  private static List<Pack> packs(List<Shard> shards, double mostNanos, int slots) {
    PackQueue queue = new PackQueue(shards, mostNanos);
    List<Pack> packs = new ArrayList<>();
    while (!queue.isEmpty()) {
      packs.add(queue.next(slots));
    }
    return packs;
  }

  /** No plan ends before. */
  private static double bound(List<Shard> shards, int slots) {
    double sum = shards.stream().mapToDouble(Shard::predictedNanos).sum();
    double longest = shards.stream().mapToDouble(Shard::predictedNanos).max().orElseThrow();
    return Math.max(longest, sum / slots);
  }

  /** Of all ways to give the shards from {@code next} to the slots the one that ends first. */
  private static double best(List<Shard> shards, double[] ends, int next) {
    if (next == shards.size()) {
      return Arrays.stream(ends).max().orElseThrow();
    }
    double best = Double.MAX_VALUE;
    for (int slot = 0; slot < ends.length; slot++) {
      ends[slot] += shards.get(next).predictedNanos();
      best = Math.min(best, best(shards, ends, next + 1));
      ends[slot] -= shards.get(next).predictedNanos();
    }
    return best;
  }

  /** From 1 ms to 30 s, as many short as long on a logarithmic scale. */
  private static List<Shard> mixed(int count, int seed) {
    Random random = new Random(seed);
    return IntStream.range(0, count)
        .mapToObj(id -> shard(id, 1e6 * Math.pow(30_000, random.nextDouble())))
        .toList();
  }

  private static List<Shard> equal(int count, double nanos) {
    return IntStream.range(0, count).mapToObj(id -> shard(id, nanos)).toList();
  }

  private static Shard shard(int id, double nanos) {
    return new Shard(
        CELL, "cell" + id, List.of(new Sequence(id, 1, 0)), Sweeps.MEASURE, (long) nanos);
  }
}
