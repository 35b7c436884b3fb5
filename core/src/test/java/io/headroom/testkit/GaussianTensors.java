package io.headroom.testkit;

import io.headroom.kvcache.HeadTensor;
import java.util.Random;

/** Tensors of standard normal numbers; the same seed gives the same tensors. */
public final class GaussianTensors {
  private final Random random;

  public GaussianTensors(long seed) {
    this.random = new Random(seed);
  }

  public HeadTensor next(int heads, int tokens, int dim) {
    HeadTensor tensor = HeadTensor.zeros(heads, tokens, dim);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = (float) random.nextGaussian();
    }
    return tensor;
  }
}
