package io.headroom.measure;

import io.headroom.attention.OutputError;
import io.headroom.host.Disturbance;
import io.headroom.host.ResourceUsage;
import java.util.Optional;

/**
 * What was measured on one sequence, all measured layers together.
 *
 * @param kvBytesAllocated what the caches of the measured layers hold, padding included
 * @param prefill one sample a prefill of the whole prompt
 * @param decode one sample a decoded token; empty without output tokens
 * @param warmUpIterations prefills and decode passes before the first sample
 * @param steady which phases were steady, by the rule of {@link SequenceMeasurer}; decode of no
 *     tokens is
 * @param usage processor time, collections and allocation while sampling
 * @param disturbance what others took away while sampling
 * @param outputError against the reference engine, where asked for
 */
public record SequenceMeasurement(
    long kvBytesAllocated,
    LatencyHistogram prefill,
    LatencyHistogram decode,
    int warmUpIterations,
    SteadyPhases steady,
    ResourceUsage usage,
    Disturbance disturbance,
    Optional<OutputError> outputError) {}
