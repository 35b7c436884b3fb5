package io.headroom.attention.vector;

import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.TileMatrix;

/**
 * Brings a tile into the processor's cache before the kernels read it. A loop of plain loads has
 * many more memory requests in flight than one that also multiplies: it runs ahead of page
 * boundaries, where hardware prefetching stops. Decode in float32 became up to 1.8 times as fast.
 * The other precisions take longer to convert than to read, and gain nothing.
 */
final class CacheLines {
  /** Numbers of a line of 64 bytes. */
  private static final int FLOATS = 64 / Float.BYTES;

  /** Written so that no load can be left out. */
  private float touched;

  void touch(TileMatrix matrix, int rows) {
    if (matrix.precision() == KvPrecision.F32) {
      int from = matrix.offset();
      touched += touch(matrix.floats(), from, from + rows * matrix.stride());
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
}
