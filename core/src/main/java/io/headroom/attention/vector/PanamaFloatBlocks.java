package io.headroom.attention.vector;

import static io.headroom.attention.vector.PanamaKernels.LANES;
import static io.headroom.attention.vector.PanamaKernels.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Register blocks of a product of float32 matrices, {@code c += a b}, named by rows and vectors of
 * columns. They are written out because vectors must stay local to one method: one that is passed
 * on is boxed as soon as the method grows too big to be inlined.
 *
 * <p>6 x 4 fills the 32 registers of AVX-512, 6 x 2 the 16 of AVX2.
 */
final class PanamaFloatBlocks {
  private PanamaFloatBlocks() {}

  static void multiply6x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int a4 = a3 + aStride;
    int a5 = a4 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector sum03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
    FloatVector sum10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector sum11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector sum12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    FloatVector sum13 = FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES);
    FloatVector sum20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector sum21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector sum22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    FloatVector sum23 = FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES);
    FloatVector sum30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector sum31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector sum32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES);
    FloatVector sum33 = FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES);
    FloatVector sum40 = FloatVector.fromArray(SPECIES, c, c4);
    FloatVector sum41 = FloatVector.fromArray(SPECIES, c, c4 + LANES);
    FloatVector sum42 = FloatVector.fromArray(SPECIES, c, c4 + 2 * LANES);
    FloatVector sum43 = FloatVector.fromArray(SPECIES, c, c4 + 3 * LANES);
    FloatVector sum50 = FloatVector.fromArray(SPECIES, c, c5);
    FloatVector sum51 = FloatVector.fromArray(SPECIES, c, c5 + LANES);
    FloatVector sum52 = FloatVector.fromArray(SPECIES, c, c5 + 2 * LANES);
    FloatVector sum53 = FloatVector.fromArray(SPECIES, c, c5 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, row + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      sum02 = x0.fma(y2, sum02);
      sum03 = x0.fma(y3, sum03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      sum10 = x1.fma(y0, sum10);
      sum11 = x1.fma(y1, sum11);
      sum12 = x1.fma(y2, sum12);
      sum13 = x1.fma(y3, sum13);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      sum20 = x2.fma(y0, sum20);
      sum21 = x2.fma(y1, sum21);
      sum22 = x2.fma(y2, sum22);
      sum23 = x2.fma(y3, sum23);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      sum30 = x3.fma(y0, sum30);
      sum31 = x3.fma(y1, sum31);
      sum32 = x3.fma(y2, sum32);
      sum33 = x3.fma(y3, sum33);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      sum40 = x4.fma(y0, sum40);
      sum41 = x4.fma(y1, sum41);
      sum42 = x4.fma(y2, sum42);
      sum43 = x4.fma(y3, sum43);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      sum50 = x5.fma(y0, sum50);
      sum51 = x5.fma(y1, sum51);
      sum52 = x5.fma(y2, sum52);
      sum53 = x5.fma(y3, sum53);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
    sum02.intoArray(c, c0 + 2 * LANES);
    sum03.intoArray(c, c0 + 3 * LANES);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + LANES);
    sum12.intoArray(c, c1 + 2 * LANES);
    sum13.intoArray(c, c1 + 3 * LANES);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + LANES);
    sum22.intoArray(c, c2 + 2 * LANES);
    sum23.intoArray(c, c2 + 3 * LANES);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + LANES);
    sum32.intoArray(c, c3 + 2 * LANES);
    sum33.intoArray(c, c3 + 3 * LANES);
    sum40.intoArray(c, c4);
    sum41.intoArray(c, c4 + LANES);
    sum42.intoArray(c, c4 + 2 * LANES);
    sum43.intoArray(c, c4 + 3 * LANES);
    sum50.intoArray(c, c5);
    sum51.intoArray(c, c5 + LANES);
    sum52.intoArray(c, c5 + 2 * LANES);
    sum53.intoArray(c, c5 + 3 * LANES);
  }

  static void multiply6x2(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int a4 = a3 + aStride;
    int a5 = a4 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector sum11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector sum20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector sum21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector sum30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector sum31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector sum40 = FloatVector.fromArray(SPECIES, c, c4);
    FloatVector sum41 = FloatVector.fromArray(SPECIES, c, c4 + LANES);
    FloatVector sum50 = FloatVector.fromArray(SPECIES, c, c5);
    FloatVector sum51 = FloatVector.fromArray(SPECIES, c, c5 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      sum10 = x1.fma(y0, sum10);
      sum11 = x1.fma(y1, sum11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      sum20 = x2.fma(y0, sum20);
      sum21 = x2.fma(y1, sum21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      sum30 = x3.fma(y0, sum30);
      sum31 = x3.fma(y1, sum31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      sum40 = x4.fma(y0, sum40);
      sum41 = x4.fma(y1, sum41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      sum50 = x5.fma(y0, sum50);
      sum51 = x5.fma(y1, sum51);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + LANES);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + LANES);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + LANES);
    sum40.intoArray(c, c4);
    sum41.intoArray(c, c4 + LANES);
    sum50.intoArray(c, c5);
    sum51.intoArray(c, c5 + LANES);
  }

  static void multiply6x1(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int a4 = a3 + aStride;
    int a5 = a4 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector sum20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector sum30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector sum40 = FloatVector.fromArray(SPECIES, c, c4);
    FloatVector sum50 = FloatVector.fromArray(SPECIES, c, c5);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      sum10 = x1.fma(y0, sum10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      sum20 = x2.fma(y0, sum20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      sum30 = x3.fma(y0, sum30);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      sum40 = x4.fma(y0, sum40);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      sum50 = x5.fma(y0, sum50);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum10.intoArray(c, c1);
    sum20.intoArray(c, c2);
    sum30.intoArray(c, c3);
    sum40.intoArray(c, c4);
    sum50.intoArray(c, c5);
  }

  static void multiply4x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector sum03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
    FloatVector sum10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector sum11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector sum12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    FloatVector sum13 = FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES);
    FloatVector sum20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector sum21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector sum22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    FloatVector sum23 = FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES);
    FloatVector sum30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector sum31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector sum32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES);
    FloatVector sum33 = FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, row + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      sum02 = x0.fma(y2, sum02);
      sum03 = x0.fma(y3, sum03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      sum10 = x1.fma(y0, sum10);
      sum11 = x1.fma(y1, sum11);
      sum12 = x1.fma(y2, sum12);
      sum13 = x1.fma(y3, sum13);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      sum20 = x2.fma(y0, sum20);
      sum21 = x2.fma(y1, sum21);
      sum22 = x2.fma(y2, sum22);
      sum23 = x2.fma(y3, sum23);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      sum30 = x3.fma(y0, sum30);
      sum31 = x3.fma(y1, sum31);
      sum32 = x3.fma(y2, sum32);
      sum33 = x3.fma(y3, sum33);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
    sum02.intoArray(c, c0 + 2 * LANES);
    sum03.intoArray(c, c0 + 3 * LANES);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + LANES);
    sum12.intoArray(c, c1 + 2 * LANES);
    sum13.intoArray(c, c1 + 3 * LANES);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + LANES);
    sum22.intoArray(c, c2 + 2 * LANES);
    sum23.intoArray(c, c2 + 3 * LANES);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + LANES);
    sum32.intoArray(c, c3 + 2 * LANES);
    sum33.intoArray(c, c3 + 3 * LANES);
  }

  static void multiply4x2(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector sum11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector sum20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector sum21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector sum30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector sum31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      sum10 = x1.fma(y0, sum10);
      sum11 = x1.fma(y1, sum11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      sum20 = x2.fma(y0, sum20);
      sum21 = x2.fma(y1, sum21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      sum30 = x3.fma(y0, sum30);
      sum31 = x3.fma(y1, sum31);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + LANES);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + LANES);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + LANES);
  }

  static void multiply4x1(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector sum20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector sum30 = FloatVector.fromArray(SPECIES, c, c3);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      sum10 = x1.fma(y0, sum10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      sum20 = x2.fma(y0, sum20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      sum30 = x3.fma(y0, sum30);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum10.intoArray(c, c1);
    sum20.intoArray(c, c2);
    sum30.intoArray(c, c3);
  }

  static void multiply1x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector sum03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, row + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      sum02 = x0.fma(y2, sum02);
      sum03 = x0.fma(y3, sum03);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
    sum02.intoArray(c, c0 + 2 * LANES);
    sum03.intoArray(c, c0 + 3 * LANES);
  }

  static void multiply1x2(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
  }

  static void multiply1x1(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      int bStride,
      float[] c,
      int c0,
      int cStride) {
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      row += bStride;
    }
    sum00.intoArray(c, c0);
  }
}
