package io.headroom.model.weights;

import io.headroom.UserException;
import java.util.ArrayList;
import java.util.List;

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

  /**
   * Layers of each stage, as vLLM divides them: evenly, and what is left to the stages before the
   * last, which has the head (get_pp_indices, distributed/utils.py).
   *
   * @param model its name
   * @throws UserException if there are more stages than layers
   */
  public List<Integer> layersOfStages(String model, int layers) {
    if (pipelineParallel > layers) {
      throw new UserException(
          "%s: %d layers cannot be on %d stages".formatted(model, layers, pipelineParallel));
    }
    List<Integer> stages = new ArrayList<>();
    int left = layers % pipelineParallel;
    for (int stage = 0; stage < pipelineParallel; stage++) {
      boolean takesOneMore = stage < pipelineParallel - 1 && stage >= pipelineParallel - 1 - left;
      stages.add(layers / pipelineParallel + (takesOneMore ? 1 : 0));
    }
    return stages;
  }
}
