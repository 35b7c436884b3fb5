package io.headroom.plan.accelerator;

/**
 * One kernel of a family as a model knows it.
 *
 * @param coefficients one a term of the family's physics
 */
public record KernelVariant(KernelSource source, double... coefficients) {}
