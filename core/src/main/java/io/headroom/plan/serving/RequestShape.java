package io.headroom.plan.serving;

/**
 * @param inputTokens of its prompt
 * @param outputTokens that it generates, at least 1
 */
public record RequestShape(int inputTokens, int outputTokens) {
  public RequestShape {
    if (inputTokens < 1 || outputTokens < 1) {
      throw new IllegalArgumentException(
          "tokens must be at least 1: %d, %d".formatted(inputTokens, outputTokens));
    }
  }

  int tokens() {
    return inputTokens + outputTokens;
  }
}
