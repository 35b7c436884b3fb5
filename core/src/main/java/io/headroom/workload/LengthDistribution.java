package io.headroom.workload;

import java.io.Serializable;

/** Where drawn prompt lengths come from. The same seed gives the same lengths on every machine. */
public sealed interface LengthDistribution extends Serializable
    permits UniformLengths, LognormalLengths {

  /**
   * Draws lengths of at least 1 token.
   *
   * @throws IllegalArgumentException if {@code count} is negative
   */
  DrawnLengths draw(int count, long seed);
}
