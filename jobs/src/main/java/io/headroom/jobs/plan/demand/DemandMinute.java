package io.headroom.jobs.plan.demand;

/**
 * What the requests of a trace ask for in one minute.
 *
 * @param minute from the first arrival, from 0
 * @param arrivals requests that arrive in it
 * @param promptTokens of those
 * @param outputTokens that those will generate
 * @param concurrentRequests being served, on average over the minute
 * @param concurrentKvBytes kept by all sequences, on average over the minute
 * @param mostConcurrentKvBytes the same in the second of the minute where it is most, on average
 *     over that second
 * @param acceleratorsNeeded for its arrivals or for its KV bytes, whichever needs more
 */
public record DemandMinute(
    int minute,
    long arrivals,
    long promptTokens,
    long outputTokens,
    double concurrentRequests,
    double concurrentKvBytes,
    double mostConcurrentKvBytes,
    long acceleratorsNeeded) {}
