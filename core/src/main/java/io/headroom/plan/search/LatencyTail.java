package io.headroom.plan.search;

/** How probable it is that a latency is above so much. */
interface LatencyTail {
  /** Of what is never served. */
  LatencyTail ALL = millis -> 1;

  /** Of what takes no time. */
  LatencyTail NONE = millis -> 0;

  double above(double millis);
}
