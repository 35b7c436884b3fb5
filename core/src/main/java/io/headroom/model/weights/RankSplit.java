package io.headroom.model.weights;

import java.io.Serializable;

/**
 * How ranks of tensor parallelism share an array.
 *
 * @param units equal parts that are not divided, such as heads; a rank holds {@code ceil(units /
 *     ranks)}, so that they are replicated where there are more ranks than units
 */
public record RankSplit(Dimension dimension, long units) implements Serializable {
  /** Every rank has all of it. */
  public static final RankSplit NONE = new RankSplit(Dimension.NONE, 1);

  /** What is divided. */
  public enum Dimension {
    NONE,
    OUTPUTS,
    INPUTS,
    /** Rows of the vocabulary, which engines pad first. */
    VOCABULARY
  }

  public RankSplit {
    if (units < 1) {
      throw new IllegalArgumentException("units must be at least 1: " + units);
    }
  }

  static RankSplit outputs(long units) {
    return new RankSplit(Dimension.OUTPUTS, units);
  }

  static RankSplit inputs(long units) {
    return new RankSplit(Dimension.INPUTS, units);
  }

  static RankSplit vocabulary() {
    return new RankSplit(Dimension.VOCABULARY, 1);
  }
}
