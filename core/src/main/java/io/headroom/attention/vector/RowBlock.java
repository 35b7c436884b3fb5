package io.headroom.attention.vector;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.tiled.TiledKvCache;
import java.util.Arrays;

/**
 * A block of query rows of one KV head and their online softmax (arXiv 1805.02867): row {@code t *
 * groupSize + h} is token {@code t} of query head {@code h} of the group. Memory grows and is kept.
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

  /** With so few rows reading keys and values takes longer than computing. */
  static final int FEW_ROWS = 8;

  /**
   * The distance of queries, and of scores, of few rows. A constant takes so many fewer
   * instructions that more reads of memory are in flight.
   */
  static final int FEW_ROWS_STRIDE = 256;

  /** Kernels may work on so many rows beyond the last one. */
  static final int PADDING = 3;

  private static final double LN_2 = Math.log(2);

  private static final float LOG2_E = (float) (1 / LN_2);

  int rows;
  int headDim;
  int columns;
  float[] bases = {};

  /** Queries, scores, output and lane sums of the rows, from the indices below on. */
  float[] data = {};

  int queries;

  /** From the queries of one row to those of the next; the scores likewise. */
  int queryStride;

  int scores;
  int scoreStride;
  int output;
  int laneSums;

  private final Kernels kernels;
  private int groupSize;

  RowBlock(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Takes up queries, scaled, and forgets all keys. */
  void load(
      HeadTensor tensor, int firstHead, int group, int token, int tokens, float scale, int width) {
    groupSize = group;
    rows = tokens * group;
    headDim = tensor.dim();
    columns = width;
    reserve();
    float baseTwoScale = scale * LOG2_E;
    // Head by head: rows of one head are neighbours.
    for (int head = 0; head < group; head++) {
      for (int i = 0; i < tokens; i++) {
        int from = tensor.row(firstHead + head, token + i);
        int to = queries + (i * group + head) * queryStride;
        kernels.scale(headDim, baseTwoScale, tensor.data(), from, data, to);
      }
    }
    Arrays.fill(data, queries + rows * queryStride, queries + (rows + PADDING) * queryStride, 0);
    Arrays.fill(data, output, output + (rows + PADDING) * columns, 0);
    Arrays.fill(data, laneSums, laneSums + rows * LANES, 0);
    Arrays.fill(bases, 0, rows, Float.NEGATIVE_INFINITY);
  }

  /** Numbers that so many rows, or fewer, take at most. */
  static long mostNumbers(int rows, int headDim, int columns) {
    long queryStride = Math.max(headDim, FEW_ROWS_STRIDE);
    return (rows + PADDING) * (FEW_ROWS_STRIDE + columns + LANES + queryStride);
  }

  private void reserve() {
    int padded = rows + PADDING;
    boolean few = rows <= FEW_ROWS;
    queryStride = few && headDim <= FEW_ROWS_STRIDE ? FEW_ROWS_STRIDE : headDim;
    scoreStride = few ? FEW_ROWS_STRIDE : TILE;
    scores = ScratchMemory.START;
    output = scores + padded * scoreStride;
    laneSums = output + padded * columns;
    queries = laneSums + padded * LANES;
    int length = queries + padded * queryStride - ScratchMemory.START;
    if (data.length < ScratchMemory.START + length) {
      data = ScratchMemory.allocate(length);
    }
    if (bases.length < rows) {
      bases = new float[rows];
    }
  }

  /** Makes a row blind to some columns of the tile. */
  void hide(int row, int from, int to) {
    if (from < to) {
      int start = scores + row * scoreStride;
      Arrays.fill(data, start + from, start + to, Float.NEGATIVE_INFINITY);
    }
  }

  /**
   * Lets the base of a row follow its greatest score, if that is ahead by more than {@link
   * Kernels#BASE_LAG} or NaN: then all weights become NaN. Seldom does, so it is no vector code,
   * which would crowd out its callers'.
   *
   * @return the base
   */
  float raiseBase(int row) {
    float base = bases[row];
    float greatest = base;
    int start = scores + row * scoreStride;
    for (int i = start; i < start + TILE; i++) {
      greatest = Math.max(greatest, data[i]);
    }
    if (greatest <= base + Kernels.BASE_LAG) {
      return base;
    }
    rescale(row, Exp2.of(base - greatest));
    bases[row] = greatest;
    return greatest;
  }

  /** Multiplies what a row has summed up so far. */
  private void rescale(int row, float factor) {
    rescale(laneSums + row * LANES, LANES, factor);
    rescale(output + row * columns, columns, factor);
  }

  private void rescale(int from, int count, float factor) {
    for (int i = from; i < from + count; i++) {
      data[i] *= factor;
    }
  }

  /**
   * Adds what the same queries found among other keys. It is what {@link
   * io.headroom.attention.PartialAttention#merge} does, before the division by the sums and in base
   * 2: a row's log-sum-exp is {@code ln 2 * base + ln(sum)}. Rows that saw no key on either side
   * stay so.
   */
  void merge(RowBlock other) {
    for (int row = 0; row < rows; row++) {
      float base = Math.max(bases[row], other.bases[row]);
      if (base == Float.NEGATIVE_INFINITY && !Float.isNaN(sum(row) + other.sum(row))) {
        continue;
      }
      float weight = weight(bases[row], base);
      float otherWeight = weight(other.bases[row], base);
      int outputRow = row * columns;
      merge(output + outputRow, weight, other, other.output + outputRow, otherWeight, columns);
      int lanes = row * LANES;
      merge(laneSums + lanes, weight, other, other.laneSums + lanes, otherWeight, LANES);
      bases[row] = base;
    }
  }

  private void merge(int to, float weight, RowBlock other, int from, float otherWeight, int count) {
    for (int i = 0; i < count; i++) {
      data[to + i] = data[to + i] * weight + other.data[from + i] * otherWeight;
    }
  }

  private static float weight(float base, float newBase) {
    return base == newBase ? 1 : Exp2.of(base - newBase);
  }

  /** Writes the normalised rows; zeros where no key was seen. */
  void write(HeadTensor tensor, int firstHead, int token) {
    int tokens = rows / groupSize;
    for (int head = 0; head < groupSize; head++) {
      for (int i = 0; i < tokens; i++) {
        int row = i * groupSize + head;
        float sum = sum(row);
        float factor = sum == 0 ? 0 : 1 / sum;
        int to = tensor.row(firstHead + head, token + i);
        kernels.scale(tensor.dim(), factor, data, output + row * columns, tensor.data(), to);
      }
    }
  }

  /**
   * Writes the logarithms of the sums of the rows' weights, in base e; -infinity where no key was
   * seen.
   *
   * @param into {@code [heads, tokens]}
   */
  void writeLogSumExps(double[] into, int tokens, int firstHead, int token) {
    for (int row = 0; row < rows; row++) {
      int to = (firstHead + row % groupSize) * tokens + token + row / groupSize;
      into[to] = LN_2 * bases[row] + Math.log(sum(row));
    }
  }

  private float sum(int row) {
    float sum = 0;
    int start = laneSums + row * LANES;
    for (int i = start; i < start + LANES; i++) {
      sum += data[i];
    }
    return sum;
  }
}
