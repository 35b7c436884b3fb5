package io.headroom.model.weights;

/**
 * How many GPUs share a model, and by what.
 *
 * @param tensorParallel ranks that share heads and channels
 * @param pipelineParallel stages of consecutive layers
 * @param expertParallel ranks that share whole experts
 * @param expertTensorParallel ranks that share the channels of an expert
 */
public record RankLayout(
    int tensorParallel, int pipelineParallel, int expertParallel, int expertTensorParallel) {
  public static final RankLayout ONE_GPU = new RankLayout(1, 1, 1);

  public RankLayout {
    if (tensorParallel < 1
        || pipelineParallel < 1
        || expertParallel < 1
        || expertTensorParallel < 1) {
      throw new IllegalArgumentException(
          "ranks must be at least 1: tensor %d, pipeline %d, expert %d, tensor of experts %d"
              .formatted(tensorParallel, pipelineParallel, expertParallel, expertTensorParallel));
    }
  }

  /** Experts are split as all else is, or whole where {@code expertParallel} is above 1. */
  public RankLayout(int tensorParallel, int pipelineParallel, int expertParallel) {
    this(
        tensorParallel,
        pipelineParallel,
        expertParallel,
        expertParallel > 1 ? 1 : Math.max(1, tensorParallel));
  }
}
