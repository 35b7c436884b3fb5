package io.headroom.plan.serving;

/** What others have to know of a replica's requests. */
interface ReplicaEvents {
  void ended(int request, double millis);

  /** Its first token is there and others are to come, elsewhere. */
  void prompted(int request, double millis);

  /** There is room for its keys and values. */
  void accepted(int request, double millis);
}
