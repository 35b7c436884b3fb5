package io.headroom.plan.serving;

/** How an engine fills its steps. */
public enum Scheduling {
  /** Every sequence that decodes, and parts of prompts up to the most tokens of a step. */
  CHUNKED_PROMPTS,
  /** Prompts alone as long as some wait and have room, up to the most tokens of a step. */
  PROMPTS_FIRST,
  /** Every sequence that decodes, and whole prompts as long as they fit. */
  WHOLE_PROMPTS
}
