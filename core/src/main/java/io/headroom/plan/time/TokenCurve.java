package io.headroom.plan.time;

/**
 * What the tokens of a step take whatever attention does: matrices, experts, norms, what ranks tell
 * each other, and the projection to the vocabulary. Few points, made in a millisecond: one curve
 * serves every precision of the cache.
 */
public final class TokenCurve {
  private final Parallelism parallelism;
  private final int layers;
  private final double[] tokens;
  private final double[] tokenMillis;
  private final double[] sequences;
  private final double[] headMillis;

  private TokenCurve(StepModel model, int mostTokens, int mostSequences) {
    this.parallelism = model.parallelism();
    this.layers = model.layerCount();
    this.tokens = Grid.halfOctaves(mostTokens);
    this.tokenMillis = Grid.millis(tokens, model::addTokens);
    this.sequences = Grid.halfOctaves(mostSequences);
    this.headMillis = Grid.millis(sequences, model::addHead);
  }

  /**
   * @param mostTokens of a step of a rank
   * @param mostSequences that are sampled in a step of a rank
   */
  public static TokenCurve of(StepModel model, int mostTokens, int mostSequences) {
    return new TokenCurve(model, mostTokens, mostSequences);
  }

  Parallelism parallelism() {
    return parallelism;
  }

  int layers() {
    return layers;
  }

  double millis(double ownTokens, double ownSequences) {
    return Grid.linear(tokens, tokenMillis, ownTokens)
        + Grid.linear(sequences, headMillis, ownSequences);
  }
}
