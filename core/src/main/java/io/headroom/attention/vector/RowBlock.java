package io.headroom.attention.vector;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.TiledKvCache;
import java.util.Arrays;

/**
 * A block of query rows of one KV head and their online softmax (arXiv 1805.02867): row {@code t *
 * groupSize + h} is token {@code t} of query head {@code h} of the group. Arrays grow and are kept.
 *
 * <p>Scores are in base 2. For every row {@code output} is the sum of {@code 2^(score - base)}
 * times the value, and the lane sums add up to the sum of the weights; {@code base} is near the
 * greatest score so far, and -infinity while no key was seen.
 */
final class RowBlock {
  /** Columns of a score row: the positions of a tile. */
  static final int TILE = TiledKvCache.TILE;

  /** Partial sums of a row: the most lanes a vector has. */
  static final int LANES = 16;

  /** Kernels may work on so many rows beyond the last one. */
  static final int PADDING = 3;

  private static final float LOG2_E = (float) (1 / Math.log(2));

  int rows;
  int headDim;
  int columns;
  float[] queries = {};
  float[] scores = {};
  float[] output = {};
  float[] bases = {};
  float[] laneSums = {};

  private int groupSize;

  /** Takes up queries, scaled, and forgets all keys. */
  void load(
      HeadTensor tensor, int firstHead, int group, int token, int tokens, float scale, int width) {
    groupSize = group;
    rows = tokens * group;
    headDim = tensor.dim();
    columns = width;
    reserve();
    float baseTwoScale = scale * LOG2_E;
    for (int row = 0; row < rows; row++) {
      int from = tensor.row(firstHead + row % group, token + row / group);
      int to = row * headDim;
      for (int i = 0; i < headDim; i++) {
        queries[to + i] = tensor.data()[from + i] * baseTwoScale;
      }
    }
    Arrays.fill(queries, rows * headDim, (rows + PADDING) * headDim, 0);
    Arrays.fill(output, 0, (rows + PADDING) * columns, 0);
    Arrays.fill(bases, 0, rows, Float.NEGATIVE_INFINITY);
    Arrays.fill(laneSums, 0, rows * LANES, 0);
  }

  private void reserve() {
    int padded = rows + PADDING;
    queries = reserve(queries, padded * headDim);
    scores = reserve(scores, padded * TILE);
    output = reserve(output, padded * columns);
    bases = reserve(bases, rows);
    laneSums = reserve(laneSums, rows * LANES);
  }

  private static float[] reserve(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  /** Makes a row blind to some columns of the tile. */
  void hide(int row, int from, int to) {
    if (from < to) {
      Arrays.fill(scores, row * TILE + from, row * TILE + to, Float.NEGATIVE_INFINITY);
    }
  }

  /**
   * Adds what the same queries found among other keys: merging by log-sum-exp. Rows that saw no key
   * on either side stay so.
   */
  void merge(RowBlock other) {
    for (int row = 0; row < rows; row++) {
      float base = Math.max(bases[row], other.bases[row]);
      if (base == Float.NEGATIVE_INFINITY && !Float.isNaN(sum(row) + other.sum(row))) {
        continue;
      }
      float weight = weight(bases[row], base);
      float otherWeight = weight(other.bases[row], base);
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        output[i] = output[i] * weight + other.output[i] * otherWeight;
      }
      for (int i = row * LANES; i < (row + 1) * LANES; i++) {
        laneSums[i] = laneSums[i] * weight + other.laneSums[i] * otherWeight;
      }
      bases[row] = base;
    }
  }

  private static float weight(float base, float newBase) {
    return base == newBase ? 1 : Exp2.of(base - newBase);
  }

  /** Writes the normalised rows; zeros where no key was seen. */
  void write(HeadTensor tensor, int firstHead, int token) {
    for (int row = 0; row < rows; row++) {
      int to = tensor.row(firstHead + row % groupSize, token + row / groupSize);
      float sum = sum(row);
      float factor = sum == 0 ? 0 : 1 / sum;
      int from = row * columns;
      for (int i = 0; i < tensor.dim(); i++) {
        tensor.data()[to + i] = output[from + i] * factor;
      }
    }
  }

  private float sum(int row) {
    float sum = 0;
    for (int i = row * LANES; i < (row + 1) * LANES; i++) {
      sum += laneSums[i];
    }
    return sum;
  }
}
