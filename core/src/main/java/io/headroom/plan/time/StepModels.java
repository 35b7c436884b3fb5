package io.headroom.plan.time;

import io.headroom.kvcache.KvFormat;
import io.headroom.model.ModelSpec;
import io.headroom.model.weights.ModelWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;

/**
 * Makes step models of one accelerator that remember what products take, since models with other
 * heads, caches or layers have most products in common. What is remembered grows with the sizes
 * that are asked for: for tables of few points, and for one thread.
 */
public final class StepModels {
  private final Kernels kernels;

  public StepModels(AcceleratorProfile profile) {
    this.kernels = Kernels.remembering(profile);
  }

  /**
   * @throws io.headroom.UserException if there is no kernel for such a cache
   */
  public StepModel of(
      ModelSpec model, ModelWeights weights, Parallelism parallelism, KvFormat cacheFormat) {
    return new StepModel(kernels, parallelism, cacheFormat, model, weights);
  }
}
