package io.headroom.kvcache;

import static io.headroom.kvcache.TileMatrix.PAIR_DISTANCE;

/** Rows of float16 or bfloat16, two numbers in an int; see {@link TileMatrix} for the layout. */
final class HalfRows extends TileRows {
  private static final int LOWER_HALF = 0xFFFF;

  private final KvPrecision precision;
  private final int stride;
  private final int[] pairs;

  HalfRows(KvPrecision precision, long rows, int columns) {
    super(columns);
    this.precision = precision;
    this.stride = columns / 2;
    this.pairs = new int[arrayLength(rows * stride)];
  }

  @Override
  void putRow(int row, float[] source, int from, int count) {
    for (int column = 0; column < count; column++) {
      put(index(row, column), shift(column), source[from + column]);
    }
  }

  @Override
  void putColumn(int row, int column, float[] source, int from, int count) {
    int index = index(row, column);
    int shift = shift(column);
    for (int i = 0; i < count; i++) {
      put(index, shift, source[from + i]);
      index += stride;
    }
  }

  private void put(int index, int shift, float number) {
    int bits =
        precision == KvPrecision.BF16 ? Bfloat16.fromFloat(number) : Float16.fromFloat(number);
    pairs[index] = pairs[index] & ~(LOWER_HALF << shift) | (bits & LOWER_HALF) << shift;
  }

  @Override
  float get(int row, int column) {
    short bits = (short) (pairs[index(row, column)] >> shift(column));
    return precision == KvPrecision.BF16 ? Bfloat16.toFloat(bits) : Float16.toFloat(bits);
  }

  private int index(int row, int column) {
    return row * stride + column / (2 * PAIR_DISTANCE) * PAIR_DISTANCE + column % PAIR_DISTANCE;
  }

  private static int shift(int column) {
    return column % (2 * PAIR_DISTANCE) < PAIR_DISTANCE ? 0 : Short.SIZE;
  }

  @Override
  long bytes() {
    return (long) pairs.length * Integer.BYTES;
  }

  @Override
  void show(int firstRow, TileMatrix matrix) {
    matrix.precision = precision;
    matrix.pairs = pairs;
    matrix.offset = firstRow * stride;
    matrix.stride = stride;
    matrix.columns = columns;
  }
}
