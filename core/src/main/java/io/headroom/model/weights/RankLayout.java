package io.headroom.model.weights;

/**
 * How many GPUs share a model, and by what.
 *
 * @param tensorParallel ranks that share heads and channels
 * @param pipelineParallel stages of consecutive layers
 * @param expertParallel ranks that share whole experts; 1: experts are split as all else is
 */
public record RankLayout(int tensorParallel, int pipelineParallel, int expertParallel) {
  public static final RankLayout ONE_GPU = new RankLayout(1, 1, 1);

  public RankLayout {
    if (tensorParallel < 1 || pipelineParallel < 1 || expertParallel < 1) {
      throw new IllegalArgumentException(
          "ranks must be at least 1: tensor %d, pipeline %d, expert %d"
              .formatted(tensorParallel, pipelineParallel, expertParallel));
    }
  }
}
