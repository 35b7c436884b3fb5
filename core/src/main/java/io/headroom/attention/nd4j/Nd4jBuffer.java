package io.headroom.attention.nd4j;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Numbers outside the heap that {@link #close} releases at once, and views of them as matrices. A
 * view must not be used after its buffer was closed.
 */
final class Nd4jBuffer implements AutoCloseable {
  /** ND4J takes memory from the system without telling JavaCPP. */
  private static final AtomicLong HELD_BYTES = new AtomicLong();

  private final INDArray numbers;
  private final FloatPointer floats;

  /** Numbers of undefined value. */
  Nd4jBuffer(DataType type, long length) {
    this.numbers = Nd4j.createUninitialized(type, length);
    this.floats = type == DataType.FLOAT ? new FloatPointer(numbers.data().pointer()) : null;
    HELD_BYTES.addAndGet(bytes());
  }

  /** Bytes of all buffers of this process that are not closed. */
  static long heldBytes() {
    return HELD_BYTES.get();
  }

  long length() {
    return numbers.length();
  }

  long bytes() {
    return numbers.length() * numbers.dataType().width();
  }

  boolean isFloat() {
    return floats != null;
  }

  /** Copies {@code count} floats into a float buffer. */
  void put(long offset, float[] source, int from, int count) {
    floats.position(offset).put(source, from, count);
  }

  /** Copies {@code count} floats out of a float buffer. */
  void get(long offset, float[] target, int from, int count) {
    floats.position(offset).get(target, from, count);
  }

  INDArray matrix(long offset, long rows, long columns) {
    return Nd4j.create(
        numbers.data(), new long[] {rows, columns}, new long[] {columns, 1}, offset, 'c');
  }

  /** Rows of queries, scores or outputs: a single one is a vector, which ND4J gives to GEMV. */
  INDArray rows(long offset, long rows, long columns, long rowStride) {
    if (rows == 1) {
      return Nd4j.create(numbers.data(), new long[] {columns}, new long[] {1}, offset, 'c');
    }
    return Nd4j.create(
        numbers.data(), new long[] {rows, columns}, new long[] {rowStride, 1}, offset, 'c');
  }

  /** A view {@code [planes, rows, columns]} with rows that lie close together. */
  INDArray planes(
      long offset, long planes, long rows, long columns, long planeStride, long rowStride) {
    return Nd4j.create(
        numbers.data(),
        new long[] {planes, rows, columns},
        new long[] {planeStride, rowStride, 1},
        offset,
        'c');
  }

  @Override
  public void close() {
    if (!numbers.wasClosed()) {
      HELD_BYTES.addAndGet(-bytes());
      numbers.close();
    }
  }
}
