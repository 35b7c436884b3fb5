package io.headroom.kvcache;

/** Rows of float16 or bfloat16. */
final class HalfRows extends TileRows {
  private final KvPrecision precision;
  private final short[] data;

  HalfRows(KvPrecision precision, long rows, int columns) {
    super(columns);
    this.precision = precision;
    this.data = new short[arrayLength(rows * columns)];
  }

  @Override
  void putRow(int row, float[] source, int from, int count) {
    put(row * columns, 1, source, from, count);
  }

  @Override
  void putColumn(int row, int column, float[] source, int from, int count) {
    put(row * columns + column, columns, source, from, count);
  }

  private void put(int index, int step, float[] source, int from, int count) {
    if (precision == KvPrecision.BF16) {
      for (int i = 0; i < count; i++) {
        data[index + i * step] = Bfloat16.fromFloat(source[from + i]);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      data[index + i * step] = Float16.fromFloat(source[from + i]);
    }
  }

  @Override
  float get(int row, int column) {
    short bits = data[row * columns + column];
    return precision == KvPrecision.BF16 ? Bfloat16.toFloat(bits) : Float16.toFloat(bits);
  }

  @Override
  long bytes() {
    return (long) data.length * Short.BYTES;
  }

  @Override
  void show(int firstRow, TileMatrix matrix) {
    matrix.precision = precision;
    matrix.shorts = data;
    matrix.offset = firstRow * columns;
    matrix.stride = columns;
    matrix.columns = columns;
  }
}
