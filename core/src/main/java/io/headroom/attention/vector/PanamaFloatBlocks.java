package io.headroom.attention.vector;

import static io.headroom.attention.vector.PanamaKernels.LANES;
import static io.headroom.attention.vector.PanamaKernels.SPECIES;
import static io.headroom.attention.vector.PanamaKernels.VECTOR;
import static io.headroom.attention.vector.PanamaKernels.otherVectors;
import static io.headroom.attention.vector.RowBlock.FEW_ROWS_STRIDE;
import static io.headroom.attention.vector.RowBlock.TILE;

import jdk.incubator.vector.FloatVector;

/**
 * Register blocks of a product of float32 matrices, {@code c = a b}, named by rows and vectors of
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
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int a4 = a3 + aStride;
    int a5 = a4 + aStride;
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum02 = zero;
    FloatVector sum03 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum12 = zero;
    FloatVector sum13 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum22 = zero;
    FloatVector sum23 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
    FloatVector sum32 = zero;
    FloatVector sum33 = zero;
    FloatVector sum40 = zero;
    FloatVector sum41 = zero;
    FloatVector sum42 = zero;
    FloatVector sum43 = zero;
    FloatVector sum50 = zero;
    FloatVector sum51 = zero;
    FloatVector sum52 = zero;
    FloatVector sum53 = zero;
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
      row += TILE;
    }
    if (sum00.getClass() != VECTOR
        || sum01.getClass() != VECTOR
        || sum02.getClass() != VECTOR
        || sum03.getClass() != VECTOR
        || sum10.getClass() != VECTOR
        || sum11.getClass() != VECTOR
        || sum12.getClass() != VECTOR
        || sum13.getClass() != VECTOR
        || sum20.getClass() != VECTOR
        || sum21.getClass() != VECTOR
        || sum22.getClass() != VECTOR
        || sum23.getClass() != VECTOR
        || sum30.getClass() != VECTOR
        || sum31.getClass() != VECTOR
        || sum32.getClass() != VECTOR
        || sum33.getClass() != VECTOR
        || sum40.getClass() != VECTOR
        || sum41.getClass() != VECTOR
        || sum42.getClass() != VECTOR
        || sum43.getClass() != VECTOR
        || sum50.getClass() != VECTOR
        || sum51.getClass() != VECTOR
        || sum52.getClass() != VECTOR
        || sum53.getClass() != VECTOR) {
      throw otherVectors();
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
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

  static void multiplyAdd6x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int row,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int a4 = a3 + aStride;
    int a5 = a4 + aStride;
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum02 = zero;
    FloatVector sum03 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum12 = zero;
    FloatVector sum13 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum22 = zero;
    FloatVector sum23 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
    FloatVector sum32 = zero;
    FloatVector sum33 = zero;
    FloatVector sum40 = zero;
    FloatVector sum41 = zero;
    FloatVector sum42 = zero;
    FloatVector sum43 = zero;
    FloatVector sum50 = zero;
    FloatVector sum51 = zero;
    FloatVector sum52 = zero;
    FloatVector sum53 = zero;
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
      row += TILE;
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
    FloatVector total00 = FloatVector.fromArray(SPECIES, c, c0).add(sum00);
    FloatVector total01 = FloatVector.fromArray(SPECIES, c, c0 + LANES).add(sum01);
    FloatVector total02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES).add(sum02);
    FloatVector total03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES).add(sum03);
    FloatVector total10 = FloatVector.fromArray(SPECIES, c, c1).add(sum10);
    FloatVector total11 = FloatVector.fromArray(SPECIES, c, c1 + LANES).add(sum11);
    FloatVector total12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES).add(sum12);
    FloatVector total13 = FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES).add(sum13);
    FloatVector total20 = FloatVector.fromArray(SPECIES, c, c2).add(sum20);
    FloatVector total21 = FloatVector.fromArray(SPECIES, c, c2 + LANES).add(sum21);
    FloatVector total22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES).add(sum22);
    FloatVector total23 = FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES).add(sum23);
    FloatVector total30 = FloatVector.fromArray(SPECIES, c, c3).add(sum30);
    FloatVector total31 = FloatVector.fromArray(SPECIES, c, c3 + LANES).add(sum31);
    FloatVector total32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES).add(sum32);
    FloatVector total33 = FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES).add(sum33);
    FloatVector total40 = FloatVector.fromArray(SPECIES, c, c4).add(sum40);
    FloatVector total41 = FloatVector.fromArray(SPECIES, c, c4 + LANES).add(sum41);
    FloatVector total42 = FloatVector.fromArray(SPECIES, c, c4 + 2 * LANES).add(sum42);
    FloatVector total43 = FloatVector.fromArray(SPECIES, c, c4 + 3 * LANES).add(sum43);
    FloatVector total50 = FloatVector.fromArray(SPECIES, c, c5).add(sum50);
    FloatVector total51 = FloatVector.fromArray(SPECIES, c, c5 + LANES).add(sum51);
    FloatVector total52 = FloatVector.fromArray(SPECIES, c, c5 + 2 * LANES).add(sum52);
    FloatVector total53 = FloatVector.fromArray(SPECIES, c, c5 + 3 * LANES).add(sum53);
    if (total00.getClass() != VECTOR
        || total01.getClass() != VECTOR
        || total02.getClass() != VECTOR
        || total03.getClass() != VECTOR
        || total10.getClass() != VECTOR
        || total11.getClass() != VECTOR
        || total12.getClass() != VECTOR
        || total13.getClass() != VECTOR
        || total20.getClass() != VECTOR
        || total21.getClass() != VECTOR
        || total22.getClass() != VECTOR
        || total23.getClass() != VECTOR
        || total30.getClass() != VECTOR
        || total31.getClass() != VECTOR
        || total32.getClass() != VECTOR
        || total33.getClass() != VECTOR
        || total40.getClass() != VECTOR
        || total41.getClass() != VECTOR
        || total42.getClass() != VECTOR
        || total43.getClass() != VECTOR
        || total50.getClass() != VECTOR
        || total51.getClass() != VECTOR
        || total52.getClass() != VECTOR
        || total53.getClass() != VECTOR) {
      throw otherVectors();
    }
    total00.intoArray(c, c0);
    total01.intoArray(c, c0 + LANES);
    total02.intoArray(c, c0 + 2 * LANES);
    total03.intoArray(c, c0 + 3 * LANES);
    total10.intoArray(c, c1);
    total11.intoArray(c, c1 + LANES);
    total12.intoArray(c, c1 + 2 * LANES);
    total13.intoArray(c, c1 + 3 * LANES);
    total20.intoArray(c, c2);
    total21.intoArray(c, c2 + LANES);
    total22.intoArray(c, c2 + 2 * LANES);
    total23.intoArray(c, c2 + 3 * LANES);
    total30.intoArray(c, c3);
    total31.intoArray(c, c3 + LANES);
    total32.intoArray(c, c3 + 2 * LANES);
    total33.intoArray(c, c3 + 3 * LANES);
    total40.intoArray(c, c4);
    total41.intoArray(c, c4 + LANES);
    total42.intoArray(c, c4 + 2 * LANES);
    total43.intoArray(c, c4 + 3 * LANES);
    total50.intoArray(c, c5);
    total51.intoArray(c, c5 + LANES);
    total52.intoArray(c, c5 + 2 * LANES);
    total53.intoArray(c, c5 + 3 * LANES);
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
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
    FloatVector sum40 = zero;
    FloatVector sum41 = zero;
    FloatVector sum50 = zero;
    FloatVector sum51 = zero;
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
    if (sum00.getClass() != VECTOR
        || sum01.getClass() != VECTOR
        || sum10.getClass() != VECTOR
        || sum11.getClass() != VECTOR
        || sum20.getClass() != VECTOR
        || sum21.getClass() != VECTOR
        || sum30.getClass() != VECTOR
        || sum31.getClass() != VECTOR
        || sum40.getClass() != VECTOR
        || sum41.getClass() != VECTOR
        || sum50.getClass() != VECTOR
        || sum51.getClass() != VECTOR) {
      throw otherVectors();
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
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
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum10 = zero;
    FloatVector sum20 = zero;
    FloatVector sum30 = zero;
    FloatVector sum40 = zero;
    FloatVector sum50 = zero;
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
    if (sum00.getClass() != VECTOR
        || sum10.getClass() != VECTOR
        || sum20.getClass() != VECTOR
        || sum30.getClass() != VECTOR
        || sum40.getClass() != VECTOR
        || sum50.getClass() != VECTOR) {
      throw otherVectors();
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    int c4 = c3 + cStride;
    int c5 = c4 + cStride;
    sum00.intoArray(c, c0);
    sum10.intoArray(c, c1);
    sum20.intoArray(c, c2);
    sum30.intoArray(c, c3);
    sum40.intoArray(c, c4);
    sum50.intoArray(c, c5);
  }

  static void multiply4x4(
      int depth, float[] a, int a0, float[] b, int row, float[] c, int c0, int cStride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum02 = zero;
    FloatVector sum03 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum12 = zero;
    FloatVector sum13 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum22 = zero;
    FloatVector sum23 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
    FloatVector sum32 = zero;
    FloatVector sum33 = zero;
    for (int k = 0; k < depth; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, row + k * TILE);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, row + k * TILE + LANES);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, row + k * TILE + 2 * LANES);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, row + k * TILE + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0.fma(y0, sum00);
      sum01 = x0.fma(y1, sum01);
      sum02 = x0.fma(y2, sum02);
      sum03 = x0.fma(y3, sum03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + FEW_ROWS_STRIDE + k]);
      sum10 = x1.fma(y0, sum10);
      sum11 = x1.fma(y1, sum11);
      sum12 = x1.fma(y2, sum12);
      sum13 = x1.fma(y3, sum13);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + 2 * FEW_ROWS_STRIDE + k]);
      sum20 = x2.fma(y0, sum20);
      sum21 = x2.fma(y1, sum21);
      sum22 = x2.fma(y2, sum22);
      sum23 = x2.fma(y3, sum23);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + 3 * FEW_ROWS_STRIDE + k]);
      sum30 = x3.fma(y0, sum30);
      sum31 = x3.fma(y1, sum31);
      sum32 = x3.fma(y2, sum32);
      sum33 = x3.fma(y3, sum33);
    }
    if (sum00.getClass() != VECTOR
        || sum01.getClass() != VECTOR
        || sum02.getClass() != VECTOR
        || sum03.getClass() != VECTOR
        || sum10.getClass() != VECTOR
        || sum11.getClass() != VECTOR
        || sum12.getClass() != VECTOR
        || sum13.getClass() != VECTOR
        || sum20.getClass() != VECTOR
        || sum21.getClass() != VECTOR
        || sum22.getClass() != VECTOR
        || sum23.getClass() != VECTOR
        || sum30.getClass() != VECTOR
        || sum31.getClass() != VECTOR
        || sum32.getClass() != VECTOR
        || sum33.getClass() != VECTOR) {
      throw otherVectors();
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
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
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
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
    if (sum00.getClass() != VECTOR
        || sum01.getClass() != VECTOR
        || sum10.getClass() != VECTOR
        || sum11.getClass() != VECTOR
        || sum20.getClass() != VECTOR
        || sum21.getClass() != VECTOR
        || sum30.getClass() != VECTOR
        || sum31.getClass() != VECTOR) {
      throw otherVectors();
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
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
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum00 = zero;
    FloatVector sum10 = zero;
    FloatVector sum20 = zero;
    FloatVector sum30 = zero;
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
    if (sum00.getClass() != VECTOR
        || sum10.getClass() != VECTOR
        || sum20.getClass() != VECTOR
        || sum30.getClass() != VECTOR) {
      throw otherVectors();
    }
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    sum00.intoArray(c, c0);
    sum10.intoArray(c, c1);
    sum20.intoArray(c, c2);
    sum30.intoArray(c, c3);
  }

  static void multiply1x4(int depth, float[] a, int a0, float[] b, int row, float[] c, int c0) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum0Even = zero;
    FloatVector sum1Even = zero;
    FloatVector sum2Even = zero;
    FloatVector sum3Even = zero;
    FloatVector sum0Odd = zero;
    FloatVector sum1Odd = zero;
    FloatVector sum2Odd = zero;
    FloatVector sum3Odd = zero;
    int pairs = depth / 2;
    for (int pair = 0; pair < pairs; pair++) {
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE), sum0Even);
      sum1Even =
          xEven.fma(FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + LANES), sum1Even);
      sum2Even =
          xEven.fma(FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + 2 * LANES), sum2Even);
      sum3Even =
          xEven.fma(FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + 3 * LANES), sum3Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + TILE), sum0Odd);
      sum1Odd =
          xOdd.fma(
              FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + TILE + LANES), sum1Odd);
      sum2Odd =
          xOdd.fma(
              FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + TILE + 2 * LANES), sum2Odd);
      sum3Odd =
          xOdd.fma(
              FloatVector.fromArray(SPECIES, b, row + pair * 2 * TILE + TILE + 3 * LANES), sum3Odd);
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(FloatVector.fromArray(SPECIES, b, row + k * TILE), sum0Even);
      sum1Even = x.fma(FloatVector.fromArray(SPECIES, b, row + k * TILE + LANES), sum1Even);
      sum2Even = x.fma(FloatVector.fromArray(SPECIES, b, row + k * TILE + 2 * LANES), sum2Even);
      sum3Even = x.fma(FloatVector.fromArray(SPECIES, b, row + k * TILE + 3 * LANES), sum3Even);
    }
    if (sum0Even.getClass() != VECTOR
        || sum1Even.getClass() != VECTOR
        || sum2Even.getClass() != VECTOR
        || sum3Even.getClass() != VECTOR) {
      throw otherVectors();
    }
    FloatVector sum0 = sum0Even.add(sum0Odd);
    FloatVector sum1 = sum1Even.add(sum1Odd);
    FloatVector sum2 = sum2Even.add(sum2Odd);
    FloatVector sum3 = sum3Even.add(sum3Odd);
    if (sum0.getClass() != VECTOR
        || sum1.getClass() != VECTOR
        || sum2.getClass() != VECTOR
        || sum3.getClass() != VECTOR) {
      throw otherVectors();
    }
    sum0.intoArray(c, c0);
    sum1.intoArray(c, c0 + LANES);
    sum2.intoArray(c, c0 + 2 * LANES);
    sum3.intoArray(c, c0 + 3 * LANES);
  }

  static void multiply1x2(
      int depth, float[] a, int a0, float[] b, int row, int bStride, float[] c, int c0) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum0Even = zero;
    FloatVector sum1Even = zero;
    FloatVector sum0Odd = zero;
    FloatVector sum1Odd = zero;
    int pairs = depth / 2;
    for (int pair = 0; pair < pairs; pair++) {
      int next = row + bStride;
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(FloatVector.fromArray(SPECIES, b, row), sum0Even);
      sum1Even = xEven.fma(FloatVector.fromArray(SPECIES, b, row + LANES), sum1Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(FloatVector.fromArray(SPECIES, b, next), sum0Odd);
      sum1Odd = xOdd.fma(FloatVector.fromArray(SPECIES, b, next + LANES), sum1Odd);
      row = next + bStride;
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(FloatVector.fromArray(SPECIES, b, row), sum0Even);
      sum1Even = x.fma(FloatVector.fromArray(SPECIES, b, row + LANES), sum1Even);
    }
    if (sum0Even.getClass() != VECTOR || sum1Even.getClass() != VECTOR) {
      throw otherVectors();
    }
    FloatVector sum0 = sum0Even.add(sum0Odd);
    FloatVector sum1 = sum1Even.add(sum1Odd);
    if (sum0.getClass() != VECTOR || sum1.getClass() != VECTOR) {
      throw otherVectors();
    }
    sum0.intoArray(c, c0);
    sum1.intoArray(c, c0 + LANES);
  }

  static void multiply1x1(
      int depth, float[] a, int a0, float[] b, int row, int bStride, float[] c, int c0) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum0Even = zero;
    FloatVector sum0Odd = zero;
    int pairs = depth / 2;
    for (int pair = 0; pair < pairs; pair++) {
      int next = row + bStride;
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(FloatVector.fromArray(SPECIES, b, row), sum0Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(FloatVector.fromArray(SPECIES, b, next), sum0Odd);
      row = next + bStride;
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(FloatVector.fromArray(SPECIES, b, row), sum0Even);
    }
    if (sum0Even.getClass() != VECTOR) {
      throw otherVectors();
    }
    FloatVector sum0 = sum0Even.add(sum0Odd);
    if (sum0.getClass() != VECTOR) {
      throw otherVectors();
    }
    sum0.intoArray(c, c0);
  }
}
