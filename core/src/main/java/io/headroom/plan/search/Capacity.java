package io.headroom.plan.search;

/**
 * The highest rate that meets the service levels.
 *
 * @param requestsPerSecond on average; 0 where no rate does
 * @param limit what is met first above it
 */
public record Capacity(double requestsPerSecond, Limit limit) {
  static Capacity none(Limit limit) {
    return new Capacity(0, limit);
  }
}
