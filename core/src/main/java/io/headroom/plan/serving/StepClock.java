package io.headroom.plan.serving;

import io.headroom.plan.time.EngineCosts;
import io.headroom.plan.time.EngineSteps;
import io.headroom.plan.time.StepTable;

/** How long a step takes, host and kernels. What it says of a step is always the same. */
@FunctionalInterface
public interface StepClock {
  /**
   * Milliseconds, more than 0.
   *
   * @param decoding sequences that each get one more token
   * @param keptTokens positions that a decoding sequence has before it, on average
   * @param prompts that are run, or parts of them
   * @param promptTokens of each on average
   * @param priorTokens of each on average, that earlier steps have run
   */
  double millis(
      double decoding, double keptTokens, double prompts, double promptTokens, double priorTokens);

  /**
   * Of a step that only decodes.
   *
   * @param decoding sequences, at least 1
   * @param keptTokens positions that all of them have before it
   */
  default double decodeMillis(int decoding, long keptTokens) {
    return millis(decoding, (double) keptTokens / decoding, 0, 0, 0);
  }

  /**
   * The same steps, all of which take another part of their time.
   *
   * @param slowdown more than 0; above 1 they take longer
   */
  default StepClock slowed(double slowdown) {
    StepClock clock = this;
    return new StepClock() {
      @Override
      public double millis(
          double decoding,
          double keptTokens,
          double prompts,
          double promptTokens,
          double priorTokens) {
        return slowdown * clock.millis(decoding, keptTokens, prompts, promptTokens, priorTokens);
      }

      @Override
      public double decodeMillis(int decoding, long keptTokens) {
        return slowdown * clock.decodeMillis(decoding, keptTokens);
      }
    };
  }

  /**
   * Of tabulated steps with an engine's costs. Several threads may use it.
   *
   * @param release of the engine, such as {@code 0.12.0}; empty: the newest
   */
  static StepClock of(StepTable table, EngineCosts costs, String release) {
    EngineSteps steps = EngineSteps.of(table, costs, release);
    return new StepClock() {
      @Override
      public double millis(
          double decoding,
          double keptTokens,
          double prompts,
          double promptTokens,
          double priorTokens) {
        return steps.millis(decoding, keptTokens, prompts, promptTokens, priorTokens);
      }

      @Override
      public double decodeMillis(int decoding, long keptTokens) {
        return steps.decodeMillis(decoding, (double) keptTokens / decoding);
      }
    };
  }
}
