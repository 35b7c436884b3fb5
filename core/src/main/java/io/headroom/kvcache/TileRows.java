package io.headroom.kvcache;

/** The rows of one KV head's keys or values, in one array of one precision. */
abstract class TileRows {
  final int columns;

  TileRows(int columns) {
    this.columns = columns;
  }

  static TileRows of(KvPrecision precision, long rows, int columns) {
    return switch (precision) {
      case F32 -> new FloatRows(rows, columns);
      case F16, BF16 -> new HalfRows(precision, rows, columns);
      case INT8, INT4 -> new QuantisedRows(precision, rows, columns);
    };
  }

  /** Stores {@code count} numbers as the first columns of a row. */
  abstract void putRow(int row, float[] source, int from, int count);

  /** Stores {@code count} numbers in one column, from {@code row} down. */
  abstract void putColumn(int row, int column, float[] source, int from, int count);

  abstract float get(int row, int column);

  abstract long bytes();

  abstract void show(int firstRow, TileMatrix matrix);

  static int arrayLength(long elements) {
    int longest = Integer.MAX_VALUE - 8;
    if (elements > longest) {
      throw new IllegalArgumentException(
          "one KV head needs an array of %d elements, more than %d".formatted(elements, longest));
    }
    return (int) elements;
  }
}
