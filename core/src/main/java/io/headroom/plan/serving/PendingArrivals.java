package io.headroom.plan.serving;

/** Requests that have not arrived yet. */
interface PendingArrivals {
  /** Of the next as far as is known; infinite where none is. */
  double nextMillis();

  int takeNext();

  /** Whether the end of a request may bring another. */
  boolean followEnds();

  /** A request has ended, or was refused. */
  void ended(int request, double millis);
}
