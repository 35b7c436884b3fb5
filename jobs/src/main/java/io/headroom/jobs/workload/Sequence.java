package io.headroom.jobs.workload;

import java.io.Serializable;

/**
 * One sequence of the workload.
 *
 * @param id its place in the workload, from 0
 * @param promptTokens tokens that are prefilled
 * @param outputTokens tokens that are decoded after them
 */
public record Sequence(int id, int promptTokens, int outputTokens) implements Serializable {

  /**
   * Of prompt and output.
   *
   * @throws ArithmeticException if an int cannot count them
   */
  public int totalTokens() {
    return Math.addExact(promptTokens, outputTokens);
  }
}
