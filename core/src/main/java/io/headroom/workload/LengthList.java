package io.headroom.workload;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/**
 * Prompt lengths given one by one.
 *
 * @param lengths tokens, each at least 1; at least one length
 * @param count sequences of each length, at least 1
 */
public record LengthList(List<Integer> lengths, int count) implements Serializable {

  public LengthList {
    lengths = List.copyOf(lengths);
    if (lengths.isEmpty()) {
      throw new IllegalArgumentException("lengths must not be empty");
    }
    for (int length : lengths) {
      if (length < 1) {
        throw new IllegalArgumentException("lengths must be at least 1: " + length);
      }
    }
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1: " + count);
    }
  }

  /**
   * One prompt length a sequence, in the order given: {@code [128, 512] x 2} is 128, 128, 512...
   */
  public List<Integer> promptTokens() {
    return lengths.stream().flatMap(length -> Collections.nCopies(count, length).stream()).toList();
  }
}
