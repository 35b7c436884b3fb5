package io.headroom.plan.serving;

/** The engines that requests are sent to. */
public sealed interface Fleet permits ColocatedFleet, DisaggregatedFleet {
  Routing routing();
}
