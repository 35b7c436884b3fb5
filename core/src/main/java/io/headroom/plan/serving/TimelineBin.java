package io.headroom.plan.serving;

/**
 * A piece of a simulation's time.
 *
 * @param arrivals of requests, those that never fit excepted
 * @param outputTokens that steps ended with
 * @param meanRunning sequences in engines, on average over time
 * @param meanWaiting requests that have arrived and are in no engine
 * @param meanKvOccupancy the part of the blocks that sequences use: of all replicas, of those that
 *     decode where prompts are run elsewhere
 * @param peakKvOccupancy of the fullest of these replicas
 */
public record TimelineBin(
    double fromMillis,
    long arrivals,
    long completed,
    long outputTokens,
    double meanRunning,
    double meanWaiting,
    double meanKvOccupancy,
    double peakKvOccupancy) {}
