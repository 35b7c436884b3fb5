package io.headroom.attention.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Floats outside the heap that are kept from call to call and grow when more are asked for. When
 * they cannot, it is as if none had been asked for yet.
 */
final class ScratchBuffer implements AutoCloseable {
  private final Nd4jBuffer none = new Nd4jBuffer(DataType.FLOAT, 1);
  private Nd4jBuffer buffer = none;
  private INDArray view;
  private long viewRows;
  private long viewColumns;

  long bytes() {
    return buffer.bytes();
  }

  /** Bytes that the buffer takes at most when up to so many floats are asked for. */
  static long mostBytes(long length) {
    return length * 3 / 2 * Float.BYTES;
  }

  /** At least {@code length} floats of undefined value. */
  Nd4jBuffer floats(long length) {
    if (buffer.length() < length) {
      long enough = Math.max(length, buffer.length() * 3 / 2);
      release();
      buffer = new Nd4jBuffer(DataType.FLOAT, enough);
    }
    return buffer;
  }

  /**
   * The first {@code rows * columns} floats as a dense matrix, or as a vector when there is one
   * row. Making a view costs more than a small product, so the last one is kept.
   */
  INDArray dense(long rows, long columns) {
    Nd4jBuffer floats = floats(rows * columns);
    if (view == null || viewRows != rows || viewColumns != columns) {
      view = floats.rows(0, rows, columns, columns);
      viewRows = rows;
      viewColumns = columns;
    }
    return view;
  }

  private void release() {
    view = null;
    if (buffer != none) {
      Nd4jBuffer released = buffer;
      buffer = none;
      released.close();
    }
  }

  @Override
  public void close() {
    release();
    none.close();
  }
}
