package io.headroom.jobs.workload;

/** How many tokens are decoded after each prompt. */
public sealed interface DecodeTokens {

  /**
   * @param tokens the same for every sequence; 0 measures prefill alone
   */
  record Fixed(int tokens) implements DecodeTokens {}

  /** What each request of the trace generated. */
  record FromTrace() implements DecodeTokens {}
}
