package io.headroom.measure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Repeats an action until it is warm: the last three durations lie within ten percent of each
 * other. An action that never settles is stopped when its time is up and marked as not steady (most
 * benchmarks do settle, many do not: Barrett et al., OOPSLA 2017).
 */
public final class WarmUp {
  static final int WINDOW = 3;
  static final double TOLERANCE = 0.10;

  /**
   * @param iterations how often the action ran
   * @param steady whether the last durations agreed
   */
  public record Outcome(int iterations, boolean steady) {}

  private WarmUp() {}

  /**
   * @param action runs once and returns its duration in nanoseconds
   * @param budgetNanos no new iteration is begun once so much time was spent; the first always runs
   */
  public static Outcome run(LongSupplier action, long budgetNanos) {
    Deque<Long> window = new ArrayDeque<>(WINDOW);
    long spentNanos = 0;
    int iterations = 0;
    do {
      long nanos = action.getAsLong();
      spentNanos += nanos;
      iterations++;
      if (window.size() == WINDOW) {
        window.removeFirst();
      }
      window.addLast(nanos);
      if (agrees(window)) {
        return new Outcome(iterations, true);
      }
    } while (spentNanos < budgetNanos);
    return new Outcome(iterations, false);
  }

  private static boolean agrees(Deque<Long> window) {
    if (window.size() < WINDOW) {
      return false;
    }
    long least = window.stream().mapToLong(Long::longValue).min().orElseThrow();
    long most = window.stream().mapToLong(Long::longValue).max().orElseThrow();
    return most - least <= TOLERANCE * least;
  }
}
