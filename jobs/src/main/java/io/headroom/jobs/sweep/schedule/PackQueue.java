package io.headroom.jobs.sweep.schedule;

import io.headroom.jobs.sweep.cells.Pack;
import io.headroom.jobs.sweep.cells.Shard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What is left of a sweep, given out longest first in packs, so that the last to run are short
 * (longest processing time first, Graham 1969). A task costs time of its own, therefore short
 * shards go together; a pack is a share of what is left, therefore packs shrink towards the end
 * (guided self-scheduling, Polychronopoulos and Kuck 1987). Not for use by several threads.
 */
public final class PackQueue {
  private static final double LONGEST_PACK_NANOS = 5e9;
  private static final double SHORTEST_PACK_NANOS = 0.2e9;

  /** A pack is the share of a slot in what is left, divided by this. */
  private static final int PACKS_A_SLOT = 4;

  /** Of a short sweep, so that executors that come a little later find something to do. */
  private static final double SHORTEST_PACK_SHARE = 1.0 / 16;

  /** Among equals in an order that does not depend on that of the shards. */
  public static final Comparator<Shard> SHORTEST_FIRST =
      Comparator.comparingLong(Shard::predictedNanos)
          .thenComparing(Shard::cellId, Comparator.reverseOrder())
          .thenComparing(shard -> shard.sequences().get(0).id(), Comparator.reverseOrder());

  private final List<Shard> shortestFirst;
  private final double longestPackNanos;
  private final double shortestPackNanos;
  private double leftNanos;

  /**
   * @param mostNanos no pack of several shards is longer
   */
  public PackQueue(Collection<Shard> shards, double mostNanos) {
    this.shortestFirst = new ArrayList<>(shards);
    this.longestPackNanos = Math.min(LONGEST_PACK_NANOS, mostNanos);
    order();
    this.shortestPackNanos = Math.min(SHORTEST_PACK_NANOS, SHORTEST_PACK_SHARE * leftNanos);
  }

  boolean isEmpty() {
    return shortestFirst.isEmpty();
  }

  /** Predicted time of what is left, on one slot. */
  double leftNanos() {
    return leftNanos;
  }

  /**
   * Removes the next pack.
   *
   * @param slots packs that run at once
   * @throws IndexOutOfBoundsException if nothing is left
   */
  Pack next(int slots) {
    double share = leftNanos / ((double) slots * PACKS_A_SLOT);
    double enoughNanos = Math.min(longestPackNanos, Math.max(shortestPackNanos, share));
    List<Shard> pack = new ArrayList<>();
    double nanos = 0;
    int rows = 0;
    do {
      Shard shard = shortestFirst.remove(shortestFirst.size() - 1);
      pack.add(shard);
      nanos += shard.predictedNanos();
      rows += shard.sequences().size();
      leftNanos -= shard.predictedNanos();
    } while (!isEmpty() && fits(last(), enoughNanos - nanos, Pack.MOST_ROWS - rows));
    return new Pack(pack);
  }

  /** Replaces the predicted times of what is left: all of them, or none if one cannot be told. */
  void predict(UnaryOperator<Shard> predicted) {
    List<Shard> anew = shortestFirst.stream().map(predicted).toList();
    shortestFirst.clear();
    shortestFirst.addAll(anew);
    order();
  }

  private static boolean fits(Shard shard, double nanos, int rows) {
    return shard.predictedNanos() <= nanos && shard.sequences().size() <= rows;
  }

  private Shard last() {
    return shortestFirst.get(shortestFirst.size() - 1);
  }

  private void order() {
    shortestFirst.sort(SHORTEST_FIRST);
    leftNanos = shortestFirst.stream().mapToDouble(Shard::predictedNanos).sum();
  }
}
