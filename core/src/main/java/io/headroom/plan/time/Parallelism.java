package io.headroom.plan.time;

import io.headroom.model.weights.RankLayout;

/**
 * How GPUs share a model while it serves.
 *
 * @param tensor ranks that share the heads and channels of one sequence
 * @param pipeline stages of consecutive layers
 * @param attentionData groups of {@code tensor} ranks that each attend to sequences of their own
 * @param expertTensor ranks that share the channels of every expert
 * @param expert ranks that have whole experts each
 */
public record Parallelism(
    int tensor, int pipeline, int attentionData, int expertTensor, int expert) {
  public static final Parallelism ONE_GPU = new Parallelism(1, 1, 1, 1, 1);

  /**
   * @throws IllegalArgumentException if one is below 1, or experts are on another number of ranks
   *     than attention
   */
  public Parallelism {
    if (tensor < 1 || pipeline < 1 || attentionData < 1 || expertTensor < 1 || expert < 1) {
      throw new IllegalArgumentException(
          "ranks must be at least 1: %d, %d, %d, %d, %d"
              .formatted(tensor, pipeline, attentionData, expertTensor, expert));
    }
    if (expertTensor * expert != tensor * attentionData) {
      throw new IllegalArgumentException(
          "experts must be on as many ranks as attention: %d x %d, %d x %d"
              .formatted(expertTensor, expert, tensor, attentionData));
    }
  }

  /** Of a model without experts, or whose experts are split as all else is. */
  public static Parallelism tensor(int ranks) {
    return new Parallelism(ranks, 1, 1, ranks, 1);
  }

  public int gpus() {
    return tensor * pipeline * attentionData;
  }

  /** Ranks of a stage. */
  int ranks() {
    return tensor * attentionData;
  }

  /** Of so many sequences that decode, those that one rank attends to while others have theirs. */
  double ownSequences(double decoding) {
    int shares = attentionData * pipeline;
    return shares == 1 ? decoding : Math.ceil(decoding / shares);
  }

  /** The same of prompts. */
  double ownPrompts(double prompts) {
    int shares = attentionData * pipeline;
    return shares == 1 || prompts == 0 ? prompts : Math.max(1, prompts / shares);
  }

  /** What a rank holds of the weights. */
  public RankLayout layout() {
    return new RankLayout(tensor, pipeline, expert, expertTensor);
  }
}
