package io.headroom.plan.search;

/** What the replicas of a pool do. */
public enum PoolRole {
  /** Prompts and the tokens after them. */
  BOTH,
  /** Prompts, and the first token of each. */
  PREFILL,
  /** Tokens after the first, whose keys and values come from another pool. */
  DECODE
}
