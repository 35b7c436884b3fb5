package io.headroom.plan.accelerator;

/**
 * A kernel call and how long it took.
 *
 * @param millis above 0
 */
public record MeasuredCall(KernelCall call, double millis) {}
