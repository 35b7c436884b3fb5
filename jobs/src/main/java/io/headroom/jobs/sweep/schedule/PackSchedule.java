package io.headroom.jobs.sweep.schedule;

import io.headroom.jobs.sweep.cells.Pack;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;

/** How long a sweep will take: the packs run as they will be given out. */
public final class PackSchedule {
  /** What a Spark task takes beside the pack. */
  private static final double TASK_NANOS = 15e6;

  private PackSchedule() {}

  /**
   * The time until the last pack ends, in nanoseconds.
   *
   * @param queue emptied
   * @param slots packs that run at once
   */
  public static double makespanNanos(PackQueue queue, int slots) {
    return makespanNanos(queue, slots, Pack::predictedNanos);
  }

  /**
   * The same where packs take another time than was predicted.
   *
   * @param nanos time that a pack takes
   */
  static double makespanNanos(PackQueue queue, int slots, ToDoubleFunction<Pack> nanos) {
    PriorityQueue<Double> ends = new PriorityQueue<>();
    for (int slot = 0; slot < slots; slot++) {
      ends.add(0.0);
    }
    double last = 0;
    while (!queue.isEmpty()) {
      double end = ends.remove() + TASK_NANOS + nanos.applyAsDouble(queue.next(slots));
      last = Math.max(last, end);
      ends.add(end);
    }
    return last;
  }
}
