package io.headroom.plan.time;

/** What the time of a step is spent on. */
public enum StepPart {
  ATTENTION,
  PROJECTIONS,
  EXPERTS,
  STATES,
  COMMUNICATION,
  /** Norms, rotations, activations, quantisation of activations. */
  ELEMENTWISE
}
