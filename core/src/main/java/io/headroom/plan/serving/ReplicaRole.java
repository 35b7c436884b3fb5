package io.headroom.plan.serving;

/** What a replica does of a request. */
enum ReplicaRole {
  COLOCATED,
  /** Prompts and their first tokens, whose keys and values it holds until they are handed over. */
  PREFILL,
  /** All tokens after the first, from keys and values that it gets. */
  DECODE
}
