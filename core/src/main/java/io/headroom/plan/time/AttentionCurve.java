package io.headroom.plan.time;

/**
 * What attention takes for one mix of requests: of sequences that decode at the mean length of the
 * mix, and of prompts by their length. One curve serves every precision of the weights, but for
 * latent attention, which multiplies with some of them.
 */
public final class AttentionCurve {
  private static final double SEVERAL = 8;

  private final double[] sequences;
  private final double[] decodeMillis;
  private final double[] lengths;
  private final double[] onePromptMillis;
  private final double[] severalPromptsMillis;

  private AttentionCurve(StepModel model, int mostSequences, double keptTokens, int longest) {
    this.sequences = Grid.halfOctaves(mostSequences);
    this.decodeMillis =
        Grid.millis(sequences, (times, count) -> model.addDecoding(times, count, keptTokens + 1));
    this.lengths = Grid.halfOctaves(longest);
    this.onePromptMillis =
        Grid.millis(lengths, (times, length) -> model.addPrompts(times, 1, length, 0));
    this.severalPromptsMillis =
        Grid.millis(lengths, (times, length) -> model.addPrompts(times, SEVERAL, length, 0));
  }

  /**
   * @param mostSequences that decode on a rank
   * @param keptTokens positions of a decoding sequence, on average
   * @param longest prompt
   */
  public static AttentionCurve of(
      StepModel model, int mostSequences, double keptTokens, int longest) {
    return new AttentionCurve(model, mostSequences, keptTokens, longest);
  }

  double decodeMillis(double ownSequences) {
    return Grid.linear(sequences, decodeMillis, ownSequences);
  }

  double promptMillis(double ownPrompts, double tokensOfEach) {
    double one = Grid.linear(lengths, onePromptMillis, tokensOfEach);
    if (ownPrompts <= 1) {
      return one * ownPrompts;
    }
    double several = Grid.linear(lengths, severalPromptsMillis, tokensOfEach);
    return one + (several - one) * (ownPrompts - 1) / (SEVERAL - 1);
  }
}
