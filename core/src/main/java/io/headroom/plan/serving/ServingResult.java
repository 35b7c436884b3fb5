package io.headroom.plan.serving;

import java.util.List;

/**
 * What a simulation came to. Latencies are of completed requests.
 *
 * @param requests that were sent; each was completed or never fits
 * @param neverFit requests that have no room in the pool of a replica even alone: they were refused
 * @param preemptions how often a sequence lost what it had and was run again
 * @param steps of all replicas
 * @param millis from the first arrival to the last end
 * @param ttft from the arrival to the first token
 * @param tpot (end-to-end - TTFT) / (output tokens - 1) of requests with several tokens
 * @param endToEnd from the arrival to the last token
 * @param queueing from the arrival until an engine admits it
 * @param meanKvOccupancy the part of the blocks that sequences use, over time: of all replicas, of
 *     those that decode where prompts are run elsewhere
 * @param peakKvOccupancy of the fullest of these replicas
 * @param meanRunning sequences in the engines of all replicas
 * @param reusedTokens prompt tokens that were found in the prefix cache when requests began
 * @param saturated whether requests waited longer and longer to the end: the last tenth of them
 *     waited longer than the first on average, by more than a hundredth of the time from the first
 *     arrival to the last. Waits are those before the prompt, and those for the pool that decodes;
 *     false of fewer than ten
 * @param timeline empty where none was asked for
 */
public record ServingResult(
    long requests,
    long completed,
    long neverFit,
    long preemptions,
    long steps,
    double millis,
    LatencyPercentiles ttft,
    LatencyPercentiles tpot,
    LatencyPercentiles endToEnd,
    LatencyPercentiles queueing,
    double outputTokensPerSecond,
    double requestsPerSecond,
    double meanKvOccupancy,
    double peakKvOccupancy,
    double meanRunning,
    double reusedTokens,
    boolean saturated,
    List<TimelineBin> timeline) {
  public ServingResult {
    timeline = List.copyOf(timeline);
  }
}
