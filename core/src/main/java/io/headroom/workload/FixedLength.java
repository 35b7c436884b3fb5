package io.headroom.workload;

import java.util.Collections;

/**
 * Every prompt is equally long.
 *
 * @param tokens at least 1
 */
public record FixedLength(int tokens) implements LengthDistribution {

  public FixedLength {
    if (tokens < 1) {
      throw new IllegalArgumentException("fixed length must be at least 1: " + tokens);
    }
  }

  @Override
  public DrawnLengths draw(int count, long seed) {
    return new DrawnLengths(Collections.nCopies(count, tokens), 0);
  }
}
