package io.headroom.jobs.plan.settings;

import io.headroom.jobs.workload.SequenceSource;
import io.headroom.workload.LengthDistribution;

/** The requests that a plan is for. */
public sealed interface PlanWorkload {

  /**
   * Those of a trace.
   *
   * @param rateScale how much more often they come; gaps are as much shorter
   */
  record Traced(SequenceSource.Trace source, double rateScale) implements PlanWorkload {}

  /**
   * Drawn ones.
   *
   * @param requestsPerSecond on average
   * @param gapVariation coefficient of variation of the gaps between them: 1 at random, 0 evenly
   * @param inputs lengths of prompts
   * @param outputs tokens that are generated
   */
  record Drawn(
      double requestsPerSecond,
      double gapVariation,
      LengthDistribution inputs,
      LengthDistribution outputs)
      implements PlanWorkload {}
}
