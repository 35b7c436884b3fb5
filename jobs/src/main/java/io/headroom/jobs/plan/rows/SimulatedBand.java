package io.headroom.jobs.plan.rows;

import io.headroom.plan.search.FleetSimulation;
import io.headroom.plan.search.FleetSize;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * Accelerators that a simulated deployment needs if all its steps take less or more time.
 *
 * @param error of times that is allowed for, as a fraction
 * @param least if steps take as much less; where no number that was tried is enough, one that is
 *     not
 * @param most if they take as much more; empty if no number that was tried is enough
 */
record SimulatedBand(double error, long least, Optional<Long> most) {

  /**
   * @param outcome with times as they are predicted
   * @param slowed the same simulation, of steps that take a part of their time
   */
  static SimulatedBand of(
      FleetSimulation.Outcome outcome, double error, DoubleFunction<FleetSimulation> slowed) {
    FleetSize size = outcome.size();
    long asPredicted = size.accelerators();
    long least =
        slowed
            .apply(1 / (1 + error))
            .needed(size)
            .map(quicker -> Math.min(asPredicted, quicker.accelerators()))
            .orElse(asPredicted);
    if (!outcome.meets()) {
      return new SimulatedBand(error, least, Optional.empty());
    }
    Optional<Long> most =
        slowed
            .apply(1 + error)
            .needed(size)
            .map(slower -> Math.max(asPredicted, slower.accelerators()));
    return new SimulatedBand(error, least, most);
  }
}
