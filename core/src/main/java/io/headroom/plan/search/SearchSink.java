package io.headroom.plan.search;

import io.headroom.plan.search.SearchSpace.Choice;

/** Takes what a search finds, candidate by candidate, in the order of their numbers. */
public interface SearchSink {
  /**
   * A deployment that meets the service levels.
   *
   * @param usdPerHour of all accelerators; NaN without a price
   * @param tpotMillis of a token at the rate that is asked for, on average
   */
  void feasible(long number, Choice choice, FleetSize fleet, double usdPerHour, double tpotMillis);

  void infeasible(long number, Choice choice, Reason reason);
}
