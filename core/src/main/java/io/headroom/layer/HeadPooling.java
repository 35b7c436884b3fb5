package io.headroom.layer;

import io.headroom.UserException;

/**
 * How the KV heads of a checkpoint become fewer (GQA, arXiv 2305.13245, section 2.1). Head {@code
 * g} of the result stands for the heads of group {@code g}, which lie side by side.
 */
public enum HeadPooling {
  /** The mean of the group's heads; the paper's choice. */
  MEAN {
    @Override
    float combine(float[] numbers, int first, int stride, int count) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += numbers[first + i * stride];
      }
      return (float) (sum / count);
    }
  },
  /** The group's first head. */
  FIRST {
    @Override
    float combine(float[] numbers, int first, int stride, int count) {
      return numbers[first];
    }
  };

  /**
   * Pools the heads of a projection to keys or to values.
   *
   * @param heads heads that the projection has now; its outputs are {@code [heads, dim]}
   * @param pooledHeads heads that it shall have; divides {@code heads}
   * @throws UserException if it does not
   */
  public LinearProjection pool(LinearProjection projection, int heads, int pooledHeads) {
    if (heads < 1 || projection.outputs() % heads != 0) {
      throw new IllegalArgumentException(
          "heads must divide the %d outputs: %d".formatted(projection.outputs(), heads));
    }
    if (pooledHeads < 1 || heads % pooledHeads != 0) {
      throw new UserException(
          "kv-heads must divide the %d KV heads of the checkpoint: %d"
              .formatted(heads, pooledHeads));
    }
    int headDim = projection.outputs() / heads;
    float[] bias =
        projection.bias().length == 0
            ? projection.bias()
            : pool(projection.bias(), headDim, heads, pooledHeads);
    return new LinearProjection(
        projection.inputs(),
        pooledHeads * headDim,
        pool(projection.weight(), headDim * projection.inputs(), heads, pooledHeads),
        bias);
  }

  private float[] pool(float[] numbers, int headSize, int heads, int pooledHeads) {
    int groupSize = heads / pooledHeads;
    float[] pooled = new float[pooledHeads * headSize];
    for (int head = 0; head < pooledHeads; head++) {
      for (int i = 0; i < headSize; i++) {
        int first = head * groupSize * headSize + i;
        pooled[head * headSize + i] = combine(numbers, first, headSize, groupSize);
      }
    }
    return pooled;
  }

  /** The number that stands for {@code count} numbers, {@code stride} apart. */
  abstract float combine(float[] numbers, int first, int stride, int count);
}
