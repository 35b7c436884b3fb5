package io.headroom.plan.accelerator;

/**
 * How long a call of a kernel takes, and how sure that is.
 *
 * @param millis above 0
 * @param relativeError as a fraction of {@code millis}: nine of ten such predictions are off by no
 *     more
 * @param basis what it rests on
 */
public record KernelTime(double millis, double relativeError, TimeBasis basis) {}
