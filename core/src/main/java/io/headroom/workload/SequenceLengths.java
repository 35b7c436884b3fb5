package io.headroom.workload;

import java.io.Serializable;

/**
 * How long one sequence is.
 *
 * @param promptTokens tokens of the prompt, at least 1
 * @param outputTokens tokens generated after it, at least 0; both come to 2,147,483,647 at most
 */
public record SequenceLengths(int promptTokens, int outputTokens) implements Serializable {

  public SequenceLengths {
    if (promptTokens < 1) {
      throw new IllegalArgumentException("prompt tokens must be at least 1: " + promptTokens);
    }
    if (outputTokens < 0) {
      throw new IllegalArgumentException("output tokens must be at least 0: " + outputTokens);
    }
    if ((long) promptTokens + outputTokens > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "prompt and output tokens must come to %d at most: %d + %d"
              .formatted(Integer.MAX_VALUE, promptTokens, outputTokens));
    }
  }

  /** Positions at the end of generation. */
  public int totalTokens() {
    return promptTokens + outputTokens;
  }
}
