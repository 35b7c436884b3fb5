package io.headroom.plan.search;

import java.io.Serializable;

/**
 * What is asked of a fleet.
 *
 * @param requestsPerSecond on average
 */
public record Demand(
    RequestMix mix, ArrivalPattern arrivals, double requestsPerSecond, ServiceLevels levels)
    implements Serializable {
  public Demand {
    if (!(requestsPerSecond > 0)) {
      throw new IllegalArgumentException("rate must be above 0: " + requestsPerSecond);
    }
  }
}
