package io.headroom.plan.time;

/**
 * The largest step that is tabulated.
 *
 * @param sequences that decode on a rank
 * @param length positions of a sequence
 * @param tokens of a rank
 * @param prompts of a rank
 */
public record StepLimits(int sequences, int length, int tokens, int prompts) {
  public StepLimits {
    if (sequences < 1 || length < 1 || tokens < 1 || prompts < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1: %d, %d, %d, %d"
              .formatted(sequences, length, tokens, prompts));
    }
  }
}
