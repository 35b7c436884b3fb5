package io.headroom.plan.time;

/**
 * The steps of one mix of requests: what {@link StepTable} says, for the mean length of the mix
 * alone, from tables that many deployments share.
 */
public record StepCurve(TokenCurve tokens, AttentionCurve attention) {

  /**
   * A step that decodes.
   *
   * @param sequences of all ranks
   */
  public StepMillis decode(double sequences) {
    double own = ownSequences(sequences);
    return new StepMillis(tokens.millis(own, own) + attention.decodeMillis(own), own, 0);
  }

  /**
   * A step that runs prompts, and decodes too where there are sequences that do.
   *
   * @param sequences of all ranks that decode; may be 0
   * @param prompts of all ranks, more than 0
   * @param tokensOfEach prompt
   */
  public StepMillis mixed(double sequences, double prompts, double tokensOfEach) {
    double own = sequences == 0 ? 0 : ownSequences(sequences);
    double ownPrompts = Math.max(1, prompts / shares());
    double millis =
        tokens.millis(own + ownPrompts * tokensOfEach, own + ownPrompts)
            + (own > 0 ? attention.decodeMillis(own) : 0)
            + attention.promptMillis(ownPrompts, tokensOfEach);
    return new StepMillis(millis, own + ownPrompts, tokens.layers());
  }

  private double ownSequences(double sequences) {
    return Math.max(1, sequences / shares());
  }

  private double shares() {
    return (double) tokens.parallelism().attentionData() * tokens.parallelism().pipeline();
  }
}
