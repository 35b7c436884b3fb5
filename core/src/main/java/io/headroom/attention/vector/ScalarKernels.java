package io.headroom.attention.vector;

import static io.headroom.kvcache.TileMatrix.COLUMN_DISTANCE;

import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.TileMatrix;
import java.util.Arrays;

/** Plain Java, in loops that the JIT compiler may vectorise. */
final class ScalarKernels implements Kernels {
  @Override
  public String detail() {
    return "scalar";
  }

  @Override
  public boolean multiplies(TileMatrix b, int rows) {
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
      int target = offset + row * columns;
      switch (from.precision()) {
        case F32 ->
            System.arraycopy(from.floats(), from.offset() + row * columns, to, target, columns);
        case F16 -> {
          for (int j = 0; j < columns; j++) {
            to[target + j] = Float16.toFloat(half(from, row, j));
          }
        }
        case BF16 -> {
          for (int j = 0; j < columns; j++) {
            to[target + j] = Bfloat16.toFloat(half(from, row, j));
          }
        }
        case INT8, INT4 -> {
          int pair = from.words()[from.scalesOffset() + row];
          for (int j = 0; j < columns; j++) {
            to[target + j] = TileMatrix.shift(pair) + TileMatrix.scale(pair) * code(from, row, j);
          }
        }
      }
    }
  }

  private static short half(TileMatrix matrix, int row, int column) {
    int group = column / (2 * COLUMN_DISTANCE) * COLUMN_DISTANCE;
    int start = matrix.offset() + row * matrix.columns() / 2;
    int pair = matrix.words()[start + group + column % COLUMN_DISTANCE];
    boolean lower = column % (2 * COLUMN_DISTANCE) < COLUMN_DISTANCE;
    return (short) (lower ? pair : pair >> Short.SIZE);
  }

  private static int code(TileMatrix matrix, int row, int column) {
    int quarter = column / COLUMN_DISTANCE;
    if (matrix.precision() == KvPrecision.INT8) {
      int start = matrix.offset() + row * COLUMN_DISTANCE;
      return matrix.words()[start + column % COLUMN_DISTANCE] >>> 8 * quarter & 0xFF;
    }
    int start = matrix.offset() + row / 2 * COLUMN_DISTANCE;
    int bit = row % 2 * 16 + 4 * quarter;
    return matrix.words()[start + column % COLUMN_DISTANCE] >>> bit & 0xF;
  }

  @Override
  public void exponentiate(RowBlock block) {
    float[] data = block.data;
    for (int row = 0; row < block.rows; row++) {
      int from = block.scores + row * block.scoreStride;
      float greatest = Float.NEGATIVE_INFINITY;
      for (int i = from; i < from + RowBlock.TILE; i++) {
        greatest = data[i] > greatest ? data[i] : greatest;
      }
      float base = block.bases[row];
      int sums = block.laneSums + row * RowBlock.LANES;
      if (greatest > base + BASE_LAG) {
        block.rescale(row, Exp2.of(base - greatest));
        base = greatest;
        block.bases[row] = base;
      }
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
