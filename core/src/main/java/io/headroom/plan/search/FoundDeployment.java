package io.headroom.plan.search;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A deployment that meets the service levels, as far as it is compared with others.
 *
 * @param cost an hour in USD; where no price is known, accelerators
 * @param requestsPerSecond that the fleet serves within the levels
 * @param kvSaving of the bytes of an MHA in bf16, the part that is saved
 */
public record FoundDeployment(
    long number,
    double cost,
    long accelerators,
    double requestsPerSecond,
    double tpotMillis,
    double kvSaving)
    implements Serializable {
  /** The cheapest, of those the one that serves most, of those the first. */
  public static final Comparator<FoundDeployment> BEST_FIRST = new BestFirst();

  private static final class BestFirst implements Comparator<FoundDeployment>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(FoundDeployment one, FoundDeployment other) {
      int order = Double.compare(one.cost, other.cost);
      if (order == 0) {
        order = Long.compare(one.accelerators, other.accelerators);
      }
      if (order == 0) {
        order = Double.compare(other.requestsPerSecond, one.requestsPerSecond);
      }
      return order == 0 ? Long.compare(one.number, other.number) : order;
    }
  }

  /** Whether it is as good in all that counts, and better in something. */
  boolean dominates(FoundDeployment other) {
    boolean noWorse =
        cost <= other.cost && tpotMillis <= other.tpotMillis && kvSaving >= other.kvSaving;
    if (!noWorse) {
      return false;
    }
    boolean better =
        cost < other.cost || tpotMillis < other.tpotMillis || kvSaving > other.kvSaving;
    return better || BEST_FIRST.compare(this, other) < 0;
  }
}
