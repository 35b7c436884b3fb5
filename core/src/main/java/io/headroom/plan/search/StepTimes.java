package io.headroom.plan.search;

import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.Scheduling;
import io.headroom.plan.time.EngineCosts;
import io.headroom.plan.time.StepCurve;

/**
 * Milliseconds of an engine's steps for one mix of requests.
 *
 * @param overlaps whether the host works while the kernels of the step before run
 * @param attentionRanks that attend to sequences of their own
 */
record StepTimes(
    StepCurve curve,
    EngineScheduler engine,
    EngineCosts costs,
    boolean overlaps,
    int attentionRanks) {

  boolean promptsAlone() {
    return engine.scheduling() == Scheduling.PROMPTS_FIRST;
  }

  /** The most tokens of a step of all ranks. */
  double stepTokens() {
    return (double) engine.mostTokens() * attentionRanks;
  }

  double decode(double sequences) {
    return costs.millis(curve.decode(sequences), overlaps);
  }

  /** A step with prompts; sequences decode in it too where the engine mixes them. */
  double withPrompts(double sequences, double prompts, double tokensOfEach) {
    double beside = promptsAlone() ? 0 : sequences;
    return costs.millis(curve.mixed(beside, prompts, tokensOfEach), overlaps);
  }
}
