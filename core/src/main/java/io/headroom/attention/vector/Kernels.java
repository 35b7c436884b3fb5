package io.headroom.attention.vector;

import io.headroom.kvcache.tiled.TileMatrix;

/** The inner loops of the engine. Twins with the same meaning; they check nothing. */
interface Kernels {
  /**
   * The base of a row's exponentials follows its greatest score only when it lags by more than this
   * factor of 2^8: rows are seldom rescaled, and nothing overflows.
   */
  float BASE_LAG = 8;

  /** What runs: {@code panama-512-fma}, {@code scalar}. */
  String detail();

  /**
   * Whether {@link #multiply} takes {@code b} as it is stored, for so many rows of {@code a} and so
   * many rows of {@code b}.
   */
  boolean multiplies(TileMatrix b, int rows, int depth);

  /**
   * {@code c[r, j] = sum over k of a[r, k] * b[firstRow + k, j]}, for {@code depth} rows of {@code
   * b}. Up to {@link RowBlock#PADDING} rows beyond {@code rows} are computed too.
   *
   * @param aStride {@link RowBlock#FEW_ROWS_STRIDE}, and {@code depth} at most as much, unless
   *     {@code b} is float32
   * @param columns a multiple of 16, at most those of {@code b}; 64 unless {@code b} is float32
   * @param add adds to {@code c} instead
   * @param scratch overwritten; with room for {@link #SCRATCH_LENGTH} numbers from {@link
   *     ScratchMemory#START} on
   */
  void multiply(
      int rows,
      int columns,
      int depth,
      float[] a,
      int aOffset,
      int aStride,
      TileMatrix b,
      int firstRow,
      float[] c,
      int cOffset,
      int cStride,
      boolean add,
      float[] scratch);

  /** Numbers of scratch memory that a product needs. */
  int SCRATCH_LENGTH =
      (3 + RowBlock.PADDING) * (RowBlock.FEW_ROWS_STRIDE + RowBlock.TILE + RowBlock.LANES);

  /** Converts the first {@code rows} rows to float32, {@code from.columns()} apart. */
  void widen(TileMatrix from, int rows, float[] to, int offset);

  /** {@code to[toOffset + i] = factor * from[fromOffset + i]} for {@code count} numbers. */
  void scale(int count, float factor, float[] from, int fromOffset, float[] to, int toOffset);

  /**
   * The step of the online softmax: scores of a tile become weights, bases and sums follow, outputs
   * are rescaled where a base moved.
   */
  void exponentiate(RowBlock block);

  /** Independent chains of fused multiply-adds; returns a number that depends on all of them. */
  float multiplyAddChains(long rounds);

  /** Floating-point operations of one round of {@link #multiplyAddChains}. */
  int operationsPerRound();

  /** Sum of a range, with as many partial sums as it takes to be bound by memory. */
  float sum(float[] data, int from, int to);
}
