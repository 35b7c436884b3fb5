package io.headroom.plan.time;

/**
 * What a step has to do.
 *
 * @param decoding sequences that each get one more token
 * @param keptTokens positions that a decoding sequence has before it, on average
 * @param prompts that are run in this step, or parts of them
 * @param promptTokens of each on average
 * @param priorTokens of each, on average, that earlier steps have run
 */
public record StepLoad(
    double decoding, double keptTokens, double prompts, double promptTokens, double priorTokens) {
  public static StepLoad decode(double sequences, double keptTokens) {
    return new StepLoad(sequences, keptTokens, 0, 0, 0);
  }

  public static StepLoad prefill(double prompts, double tokens) {
    return new StepLoad(0, 0, prompts, tokens, 0);
  }

  double tokens() {
    return decoding + prompts * promptTokens;
  }

  /** Of the sequences of all, those that one rank attends to while other stages have theirs. */
  StepLoad ofRank(Parallelism parallelism) {
    return new StepLoad(
        parallelism.ownSequences(decoding),
        keptTokens,
        parallelism.ownPrompts(prompts),
        promptTokens,
        priorTokens);
  }
}
