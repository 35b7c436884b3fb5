package io.headroom.plan.time;

/**
 * What the kernels of a step take, before an engine's costs.
 *
 * @param kernels all of them
 * @param sequences that are in the step
 * @param layers whose kernels the host launches one by one, for a step with prompts is no captured
 *     graph; 0 of a step that only decodes
 */
public record StepMillis(double kernels, double sequences, int layers) {}
