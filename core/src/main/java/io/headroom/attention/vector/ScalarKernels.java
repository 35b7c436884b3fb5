package io.headroom.attention.vector;

import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.TileMatrix;
import java.util.Arrays;

/** Plain Java, in loops that the JIT compiler may vectorise. */
final class ScalarKernels implements Kernels {
  @Override
  public String detail() {
    return "scalar";
  }

  @Override
  public boolean multiplies(TileMatrix b, int rows, int depth) {
    return b.precision() == KvPrecision.F32;
  }

  @Override
  public void multiply(
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
      float[] scratch) {
    for (int row = 0; row < rows && !add; row++) {
      Arrays.fill(c, cOffset + row * cStride, cOffset + row * cStride + columns, 0);
    }
    int stride = b.columns();
    int k = 0;
    for (; k + 3 < depth; k += 4) {
      int bRow = b.offset() + (firstRow + k) * stride;
      for (int row = 0; row < rows; row++) {
        int from = aOffset + row * aStride + k;
        addFour(columns, a, from, b.floats(), bRow, stride, c, cOffset + row * cStride);
      }
    }
    for (; k < depth; k++) {
      int bRow = b.offset() + (firstRow + k) * stride;
      for (int row = 0; row < rows; row++) {
        add(columns, a[aOffset + row * aStride + k], b.floats(), bRow, c, cOffset + row * cStride);
      }
    }
  }

  /** Four rows at once: a sum is loaded and stored a quarter as often. */
  private static void addFour(
      int columns, float[] a, int from, float[] b, int b0, int stride, float[] sum, int offset) {
    float x0 = a[from];
    float x1 = a[from + 1];
    float x2 = a[from + 2];
    float x3 = a[from + 3];
    int b1 = b0 + stride;
    int b2 = b1 + stride;
    int b3 = b2 + stride;
    for (int j = 0; j < columns; j++) {
      sum[offset + j] += x0 * b[b0 + j] + x1 * b[b1 + j] + (x2 * b[b2 + j] + x3 * b[b3 + j]);
    }
  }

  private static void add(int columns, float x, float[] b, int from, float[] sum, int offset) {
    for (int j = 0; j < columns; j++) {
      sum[offset + j] += x * b[from + j];
    }
  }

  @Override
  public void widen(TileMatrix from, int rows, float[] to, int offset) {
    widenAll(from, rows, to, offset);
  }

  static void widenAll(TileMatrix from, int rows, float[] to, int offset) {
    int columns = from.columns();
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < columns; j++) {
        to[offset + row * columns + j] = from.number(row, j);
      }
    }
  }

  @Override
  public void scale(
      int count, float factor, float[] from, int fromOffset, float[] to, int toOffset) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = factor * from[fromOffset + i];
    }
  }

  @Override
  public void exponentiate(RowBlock block) {
    float[] data = block.data;
    for (int row = 0; row < block.rows; row++) {
      int from = block.scores + row * block.scoreStride;
      int sums = block.laneSums + row * RowBlock.LANES;
      float base = block.raiseBase(row);
      float origin = base == Float.NEGATIVE_INFINITY ? 0 : base;
      for (int i = 0; i < RowBlock.TILE; i++) {
        float weight = Exp2.of(data[from + i] - origin);
        data[from + i] = weight;
        data[sums + i % RowBlock.LANES] += weight;
      }
    }
  }

  @Override
  public float multiplyAddChains(long rounds) {
    float a = 1;
    float b = 2;
    float c = 3;
    float d = 4;
    float e = 5;
    float f = 6;
    float g = 7;
    float h = 8;
    for (long i = 0; i < rounds; i++) {
      a = a * 0.5f + 0.5f;
      b = b * 0.5f + 0.5f;
      c = c * 0.5f + 0.5f;
      d = d * 0.5f + 0.5f;
      e = e * 0.5f + 0.5f;
      f = f * 0.5f + 0.5f;
      g = g * 0.5f + 0.5f;
      h = h * 0.5f + 0.5f;
    }
    return a + b + c + d + e + f + g + h;
  }

  @Override
  public int operationsPerRound() {
    return 8 * 2;
  }

  @Override
  public float sum(float[] data, int from, int to) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      a += data[i];
      b += data[i + 1];
      c += data[i + 2];
      d += data[i + 3];
    }
    for (; i < to; i++) {
      a += data[i];
    }
    return a + b + c + d;
  }
}
