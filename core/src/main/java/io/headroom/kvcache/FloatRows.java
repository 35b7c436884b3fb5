package io.headroom.kvcache;

/** Rows of float32. */
final class FloatRows extends TileRows {
  private final float[] data;

  FloatRows(long rows, int columns) {
    super(columns);
    this.data = new float[arrayLength(rows * columns)];
  }

  @Override
  void putRow(int row, float[] source, int from, int count) {
    System.arraycopy(source, from, data, row * columns, count);
  }

  @Override
  void putColumn(int row, int column, float[] source, int from, int count) {
    int index = row * columns + column;
    for (int i = 0; i < count; i++) {
      data[index] = source[from + i];
      index += columns;
    }
  }

  @Override
  float get(int row, int column) {
    return data[row * columns + column];
  }

  @Override
  long bytes() {
    return (long) data.length * Float.BYTES;
  }

  @Override
  void show(int firstRow, TileMatrix matrix) {
    matrix.precision = KvPrecision.F32;
    matrix.floats = data;
    matrix.offset = firstRow * columns;
    matrix.stride = columns;
    matrix.columns = columns;
  }

  float[] data() {
    return data;
  }
}
