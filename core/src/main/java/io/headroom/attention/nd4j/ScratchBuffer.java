package io.headroom.attention.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Floats outside the heap that are kept from call to call and grow when more are asked for. */
final class ScratchBuffer implements AutoCloseable {
  private Nd4jBuffer buffer = new Nd4jBuffer(DataType.FLOAT, 1);
  private INDArray view;
  private long viewRows;
  private long viewColumns;

  /** At least {@code length} floats of undefined value. */
  Nd4jBuffer floats(long length) {
    if (buffer.length() < length) {
      buffer.close();
      view = null;
      buffer = new Nd4jBuffer(DataType.FLOAT, Math.max(length, buffer.length() * 3 / 2));
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

  @Override
  public void close() {
    buffer.close();
  }
}
