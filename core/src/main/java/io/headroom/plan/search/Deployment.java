package io.headroom.plan.search;

import io.headroom.plan.accelerator.TimeBasis;
import java.util.Optional;

/**
 * All that the closed form says of a deployment.
 *
 * @param number in the space
 * @param limit what is met first above its capacity, or why it cannot serve
 * @param reason in words, why it cannot serve; empty if it can
 * @param weightsBytes of the fullest rank
 * @param poolTokens that the caches of a replica hold
 * @param served what it does; empty if it cannot serve
 */
public record Deployment(
    long number,
    Limit limit,
    Optional<String> reason,
    long weightsBytes,
    long poolTokens,
    Optional<Served> served) {

  /**
   * What a deployment does that meets the service levels.
   *
   * @param fleet for the rate that is asked for
   * @param requestsPerSecond of a replica; the lesser of both where it is disaggregated
   * @param ttftP99Millis at the rate that is asked for; infinite where it cannot be said
   * @param tpotP99Millis the same
   * @param ttftMillis of a prompt of the mean length that waits for nothing
   * @param tpotMillis mean
   * @param promptTokenMillis that a token of a prompt adds to a step
   * @param outputTokenMillis that a sequence more adds to a step
   * @param running sequences of a replica that decodes, on average
   * @param timesError of steps and engine together, as a fraction
   * @param error of these and the closed form
   * @param basis the least certain of what the times rest on
   * @param slower the fleet that is needed if all steps take longer by the error; empty if none
   *     meets the levels then
   * @param quicker the same if they take as much less
   * @param roofline what a planner would have said that takes data sheets for times and no engine's
   *     costs; empty if it says that none is enough
   */
  public record Served(
      FleetSize fleet,
      double requestsPerSecond,
      double ttftP99Millis,
      double tpotP99Millis,
      double ttftMillis,
      double tpotMillis,
      double promptTokenMillis,
      double outputTokenMillis,
      double running,
      double timesError,
      double error,
      TimeBasis basis,
      Optional<FleetSize> slower,
      Optional<FleetSize> quicker,
      Optional<FleetSize> roofline) {

    /** Whether an error of the times within what is stated changes how many are needed. */
    public boolean isSure() {
      return slower.isPresent() && slower.get().accelerators() == fleet.accelerators();
    }
  }
}
