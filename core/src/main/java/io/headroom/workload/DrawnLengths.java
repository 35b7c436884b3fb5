package io.headroom.workload;

import java.io.Serializable;
import java.util.List;

/**
 * What a distribution gave.
 *
 * @param promptTokens one length a sequence, in the order drawn
 * @param redrawn draws outside the allowed lengths, thrown away and drawn again
 */
public record DrawnLengths(List<Integer> promptTokens, long redrawn) implements Serializable {

  public DrawnLengths {
    promptTokens = List.copyOf(promptTokens);
    if (redrawn < 0) {
      throw new IllegalArgumentException("redrawn must not be negative: " + redrawn);
    }
  }
}
