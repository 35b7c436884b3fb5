package io.headroom.measure;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Repeats an action until it is warm: its median durations in the last stretches of time lie close
 * to each other ({@link SamplingPolicy.Settling}). A stretch is long enough for the compiler to act
 * in it; short actions in a row agree long before, interpreted as they are. An action that never
 * settles is stopped when its time is up and marked as not steady (most benchmarks do settle, many
 * do not: Barrett et al., OOPSLA 2017).
 */
public final class WarmUp {
  private static final SamplingPolicy.Settling SETTLING = SamplingPolicy.STANDARD.settling();

  /**
   * @param iterations how often the action ran
   * @param steady whether the last stretches agreed
   */
  public record Outcome(int iterations, boolean steady) {}

  private WarmUp() {}

  /**
   * @param action runs once and returns its duration in nanoseconds
   * @param budgetNanos no new iteration is begun once so much time was spent; the first always runs
   */
  public static Outcome run(LongSupplier action, long budgetNanos) {
    long longEnoughNanos = SETTLING.stretchNanos(budgetNanos);
    Deque<Long> medians = new ArrayDeque<>(SETTLING.stretches());
    LatencyHistogram stretch = new LatencyHistogram();
    long spentNanos = 0;
    long stretchNanos = 0;
    int iterations = 0;
    do {
      long nanos = action.getAsLong();
      spentNanos += nanos;
      stretchNanos += nanos;
      iterations++;
      stretch.record(nanos);
      if (stretchNanos >= longEnoughNanos) {
        if (medians.size() == SETTLING.stretches()) {
          medians.removeFirst();
        }
        medians.addLast(stretch.p50Nanos().orElseThrow());
        if (agree(medians)) {
          return new Outcome(iterations, true);
        }
        stretchNanos = 0;
        stretch = new LatencyHistogram();
      }
    } while (spentNanos < budgetNanos);
    return new Outcome(iterations, false);
  }

  private static boolean agree(Deque<Long> medians) {
    return medians.size() == SETTLING.stretches()
        && agree(medians.stream().mapToLong(Long::longValue).toArray());
  }

  /** Whether durations lie within the tolerance of each other. */
  static boolean agree(long... nanos) {
    long least = Arrays.stream(nanos).min().orElseThrow();
    long most = Arrays.stream(nanos).max().orElseThrow();
    return most - least <= SETTLING.tolerance() * least;
  }
}
