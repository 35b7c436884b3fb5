package io.headroom.attention.vector;

import static io.headroom.attention.vector.PanamaKernels.FLOAT16_BITS;
import static io.headroom.attention.vector.PanamaKernels.FLOAT16_REBIAS;
import static io.headroom.attention.vector.PanamaKernels.FLOAT8_BIAS;
import static io.headroom.attention.vector.PanamaKernels.FLOAT8_LEAST_NORMAL;
import static io.headroom.attention.vector.PanamaKernels.FLOAT8_MAGNITUDE;
import static io.headroom.attention.vector.PanamaKernels.INTS;
import static io.headroom.attention.vector.PanamaKernels.SIGN;
import static io.headroom.attention.vector.PanamaKernels.SPECIES;
import static io.headroom.attention.vector.PanamaKernels.UPPER_HALF;
import static io.headroom.attention.vector.PanamaKernels.VECTOR;
import static io.headroom.attention.vector.PanamaKernels.otherVectors;
import static io.headroom.attention.vector.RowBlock.FEW_ROWS_STRIDE;
import static io.headroom.kvcache.tiled.TileMatrix.COLUMN_DISTANCE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Register blocks of {@code c = a b} that convert {@code b} in registers: a vector of columns from
 * each quarter of 64. In {@code a} rows are {@link RowBlock#FEW_ROWS_STRIDE} apart, in {@code b}
 * they follow each other as {@link io.headroom.kvcache.tiled.TileMatrix} says. The float16 blocks
 * know no infinity and no NaN, those of float8 (e4m3) no NaN. The integer blocks multiply codes as
 * they are, without scales and shifts; sums of quarter {@code q} come {@link #INT8_FACTORS} or
 * {@link #INT4_FACTORS} too large, because codes are not moved to the low bits of their ints.
 *
 * <p>Where rows of {@code c} begin is worked out behind the loops: numbers that wait for their end
 * take registers, and C2 then keeps an array's address in a vector register.
 *
 * <p>Three rules keep C2 from allocating vectors, which would make a block a hundred times slower:
 *
 * <ul>
 *   <li>Vectors stay local to one method.
 *   <li>What a loop carries is an argument in it, never a receiver: its exact class is known by a
 *       profile at best, that of an argument by a check. Behind the loop the classes of all sums
 *       are compared, which tells C2 as much, and costs nothing at run time.
 *   <li>A method has more than 325 bytecodes ({@code FreqInlineSize}), so that it is compiled by
 *       itself: C2 inlines 8,000 bytecodes ({@code DesiredMethodLimit}), some forty operations,
 *       into a method at once.
 * </ul>
 */
final class PanamaStoredBlocks {
  /** What the sums of each quarter of the columns must be multiplied by. */
  static final float[] INT8_FACTORS = {1, 0x1p-8f, 0x1p-16f, 1};

  static final float[] INT4_FACTORS = {1, 0x1p-4f, 0x1p-8f, 0x1p-12f};

  private static final int WORDS_16_BIT = 32;
  private static final int WORDS_8_BIT = 16;

  private PanamaStoredBlocks() {}

  static void multiplyBfloat16_4x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0, int cStride) {
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
      IntVector pairs0 = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT);
      IntVector pairs1 = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0 = pairs0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y1 = pairs0.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector y2 = pairs1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y3 = pairs1.and(UPPER_HALF).reinterpretAsFloats();
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
    sum01.intoArray(c, c0 + COLUMN_DISTANCE);
    sum02.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum03.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + COLUMN_DISTANCE);
    sum12.intoArray(c, c1 + 2 * COLUMN_DISTANCE);
    sum13.intoArray(c, c1 + 3 * COLUMN_DISTANCE);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + COLUMN_DISTANCE);
    sum22.intoArray(c, c2 + 2 * COLUMN_DISTANCE);
    sum23.intoArray(c, c2 + 3 * COLUMN_DISTANCE);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + COLUMN_DISTANCE);
    sum32.intoArray(c, c3 + 2 * COLUMN_DISTANCE);
    sum33.intoArray(c, c3 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyBfloat16_1x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0) {
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
      IntVector pairs0Even = IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_16_BIT);
      IntVector pairs1Even =
          IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0Even = pairs0Even.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y1Even = pairs0Even.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector y2Even = pairs1Even.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y3Even = pairs1Even.and(UPPER_HALF).reinterpretAsFloats();
      IntVector pairs0Odd =
          IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_16_BIT + WORDS_16_BIT);
      IntVector pairs1Odd =
          IntVector.fromArray(
              INTS, b, row + pair * 2 * WORDS_16_BIT + WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0Odd = pairs0Odd.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y1Odd = pairs0Odd.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector y2Odd = pairs1Odd.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y3Odd = pairs1Odd.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(y0Even, sum0Even);
      sum1Even = xEven.fma(y1Even, sum1Even);
      sum2Even = xEven.fma(y2Even, sum2Even);
      sum3Even = xEven.fma(y3Even, sum3Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(y0Odd, sum0Odd);
      sum1Odd = xOdd.fma(y1Odd, sum1Odd);
      sum2Odd = xOdd.fma(y2Odd, sum2Odd);
      sum3Odd = xOdd.fma(y3Odd, sum3Odd);
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      IntVector pairs0Last = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT);
      IntVector pairs1Last = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0Last = pairs0Last.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y1Last = pairs0Last.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector y2Last = pairs1Last.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y3Last = pairs1Last.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(y0Last, sum0Even);
      sum1Even = x.fma(y1Last, sum1Even);
      sum2Even = x.fma(y2Last, sum2Even);
      sum3Even = x.fma(y3Last, sum3Even);
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
    sum1.intoArray(c, c0 + COLUMN_DISTANCE);
    sum2.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum3.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyFloat16_4x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0, int cStride) {
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
      IntVector pairs0 = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT);
      IntVector pairs1 = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0 =
          pairs0
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y1 =
          pairs0
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y2 =
          pairs1
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y3 =
          pairs1
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
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
    sum01.intoArray(c, c0 + COLUMN_DISTANCE);
    sum02.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum03.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + COLUMN_DISTANCE);
    sum12.intoArray(c, c1 + 2 * COLUMN_DISTANCE);
    sum13.intoArray(c, c1 + 3 * COLUMN_DISTANCE);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + COLUMN_DISTANCE);
    sum22.intoArray(c, c2 + 2 * COLUMN_DISTANCE);
    sum23.intoArray(c, c2 + 3 * COLUMN_DISTANCE);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + COLUMN_DISTANCE);
    sum32.intoArray(c, c3 + 2 * COLUMN_DISTANCE);
    sum33.intoArray(c, c3 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyFloat16_1x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0) {
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
      IntVector pairs0Even = IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_16_BIT);
      IntVector pairs1Even =
          IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0Even =
          pairs0Even
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y1Even =
          pairs0Even
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y2Even =
          pairs1Even
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y3Even =
          pairs1Even
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      IntVector pairs0Odd =
          IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_16_BIT + WORDS_16_BIT);
      IntVector pairs1Odd =
          IntVector.fromArray(
              INTS, b, row + pair * 2 * WORDS_16_BIT + WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0Odd =
          pairs0Odd
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y1Odd =
          pairs0Odd
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y2Odd =
          pairs1Odd
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y3Odd =
          pairs1Odd
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(y0Even, sum0Even);
      sum1Even = xEven.fma(y1Even, sum1Even);
      sum2Even = xEven.fma(y2Even, sum2Even);
      sum3Even = xEven.fma(y3Even, sum3Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(y0Odd, sum0Odd);
      sum1Odd = xOdd.fma(y1Odd, sum1Odd);
      sum2Odd = xOdd.fma(y2Odd, sum2Odd);
      sum3Odd = xOdd.fma(y3Odd, sum3Odd);
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      IntVector pairs0Last = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT);
      IntVector pairs1Last = IntVector.fromArray(INTS, b, row + k * WORDS_16_BIT + COLUMN_DISTANCE);
      FloatVector y0Last =
          pairs0Last
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y1Last =
          pairs0Last
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y2Last =
          pairs1Last
              .lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector y3Last =
          pairs1Last
              .lanewise(VectorOperators.ASHR, 3)
              .and(FLOAT16_BITS)
              .reinterpretAsFloats()
              .mul(FLOAT16_REBIAS);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(y0Last, sum0Even);
      sum1Even = x.fma(y1Last, sum1Even);
      sum2Even = x.fma(y2Last, sum2Even);
      sum3Even = x.fma(y3Last, sum3Even);
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
    sum1.intoArray(c, c0 + COLUMN_DISTANCE);
    sum2.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum3.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyFloat8_4x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0, int cStride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector two = FloatVector.broadcast(SPECIES, 2);
    FloatVector least = FloatVector.broadcast(SPECIES, -FLOAT8_LEAST_NORMAL);
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
      IntVector codes = IntVector.fromArray(INTS, b, row + k * WORDS_8_BIT);
      IntVector t0 = codes.lanewise(VectorOperators.LSHL, 24);
      IntVector w0 = t0.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y0 =
          w0.min(w0.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t0.and(SIGN))
              .reinterpretAsFloats();
      IntVector t1 = codes.lanewise(VectorOperators.LSHL, 16);
      IntVector w1 = t1.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y1 =
          w1.min(w1.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t1.and(SIGN))
              .reinterpretAsFloats();
      IntVector t2 = codes.lanewise(VectorOperators.LSHL, 8);
      IntVector w2 = t2.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y2 =
          w2.min(w2.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t2.and(SIGN))
              .reinterpretAsFloats();
      IntVector w3 = codes.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y3 =
          w3.min(w3.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(codes.and(SIGN))
              .reinterpretAsFloats();
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
    sum01.intoArray(c, c0 + COLUMN_DISTANCE);
    sum02.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum03.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + COLUMN_DISTANCE);
    sum12.intoArray(c, c1 + 2 * COLUMN_DISTANCE);
    sum13.intoArray(c, c1 + 3 * COLUMN_DISTANCE);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + COLUMN_DISTANCE);
    sum22.intoArray(c, c2 + 2 * COLUMN_DISTANCE);
    sum23.intoArray(c, c2 + 3 * COLUMN_DISTANCE);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + COLUMN_DISTANCE);
    sum32.intoArray(c, c3 + 2 * COLUMN_DISTANCE);
    sum33.intoArray(c, c3 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyFloat8_1x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector two = FloatVector.broadcast(SPECIES, 2);
    FloatVector least = FloatVector.broadcast(SPECIES, -FLOAT8_LEAST_NORMAL);
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
      IntVector codesEven = IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_8_BIT);
      IntVector t0Even = codesEven.lanewise(VectorOperators.LSHL, 24);
      IntVector w0Even =
          t0Even.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y0Even =
          w0Even
              .min(w0Even.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t0Even.and(SIGN))
              .reinterpretAsFloats();
      IntVector t1Even = codesEven.lanewise(VectorOperators.LSHL, 16);
      IntVector w1Even =
          t1Even.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y1Even =
          w1Even
              .min(w1Even.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t1Even.and(SIGN))
              .reinterpretAsFloats();
      IntVector t2Even = codesEven.lanewise(VectorOperators.LSHL, 8);
      IntVector w2Even =
          t2Even.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y2Even =
          w2Even
              .min(w2Even.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t2Even.and(SIGN))
              .reinterpretAsFloats();
      IntVector w3Even =
          codesEven.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y3Even =
          w3Even
              .min(w3Even.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(codesEven.and(SIGN))
              .reinterpretAsFloats();
      IntVector codesOdd = IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_8_BIT + WORDS_8_BIT);
      IntVector t0Odd = codesOdd.lanewise(VectorOperators.LSHL, 24);
      IntVector w0Odd =
          t0Odd.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y0Odd =
          w0Odd
              .min(w0Odd.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t0Odd.and(SIGN))
              .reinterpretAsFloats();
      IntVector t1Odd = codesOdd.lanewise(VectorOperators.LSHL, 16);
      IntVector w1Odd =
          t1Odd.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y1Odd =
          w1Odd
              .min(w1Odd.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t1Odd.and(SIGN))
              .reinterpretAsFloats();
      IntVector t2Odd = codesOdd.lanewise(VectorOperators.LSHL, 8);
      IntVector w2Odd =
          t2Odd.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y2Odd =
          w2Odd
              .min(w2Odd.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t2Odd.and(SIGN))
              .reinterpretAsFloats();
      IntVector w3Odd =
          codesOdd.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y3Odd =
          w3Odd
              .min(w3Odd.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(codesOdd.and(SIGN))
              .reinterpretAsFloats();
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(y0Even, sum0Even);
      sum1Even = xEven.fma(y1Even, sum1Even);
      sum2Even = xEven.fma(y2Even, sum2Even);
      sum3Even = xEven.fma(y3Even, sum3Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(y0Odd, sum0Odd);
      sum1Odd = xOdd.fma(y1Odd, sum1Odd);
      sum2Odd = xOdd.fma(y2Odd, sum2Odd);
      sum3Odd = xOdd.fma(y3Odd, sum3Odd);
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      IntVector codesLast = IntVector.fromArray(INTS, b, row + k * WORDS_8_BIT);
      IntVector t0Last = codesLast.lanewise(VectorOperators.LSHL, 24);
      IntVector w0Last =
          t0Last.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y0Last =
          w0Last
              .min(w0Last.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t0Last.and(SIGN))
              .reinterpretAsFloats();
      IntVector t1Last = codesLast.lanewise(VectorOperators.LSHL, 16);
      IntVector w1Last =
          t1Last.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y1Last =
          w1Last
              .min(w1Last.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t1Last.and(SIGN))
              .reinterpretAsFloats();
      IntVector t2Last = codesLast.lanewise(VectorOperators.LSHL, 8);
      IntVector w2Last =
          t2Last.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y2Last =
          w2Last
              .min(w2Last.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(t2Last.and(SIGN))
              .reinterpretAsFloats();
      IntVector w3Last =
          codesLast.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
      FloatVector y3Last =
          w3Last
              .min(w3Last.reinterpretAsFloats().fma(two, least).reinterpretAsInts())
              .or(codesLast.and(SIGN))
              .reinterpretAsFloats();
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(y0Last, sum0Even);
      sum1Even = x.fma(y1Last, sum1Even);
      sum2Even = x.fma(y2Last, sum2Even);
      sum3Even = x.fma(y3Last, sum3Even);
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
    sum1.intoArray(c, c0 + COLUMN_DISTANCE);
    sum2.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum3.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyInt8_4x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0, int cStride) {
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
      IntVector codes = IntVector.fromArray(INTS, b, row + k * WORDS_8_BIT);
      FloatVector y0 =
          codes.and(0xFF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1 =
          codes.and(0xFF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2 =
          codes.and(0xFF0000).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y3 =
          codes
              .lanewise(VectorOperators.LSHR, 24)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
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
    sum01.intoArray(c, c0 + COLUMN_DISTANCE);
    sum02.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum03.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + COLUMN_DISTANCE);
    sum12.intoArray(c, c1 + 2 * COLUMN_DISTANCE);
    sum13.intoArray(c, c1 + 3 * COLUMN_DISTANCE);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + COLUMN_DISTANCE);
    sum22.intoArray(c, c2 + 2 * COLUMN_DISTANCE);
    sum23.intoArray(c, c2 + 3 * COLUMN_DISTANCE);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + COLUMN_DISTANCE);
    sum32.intoArray(c, c3 + 2 * COLUMN_DISTANCE);
    sum33.intoArray(c, c3 + 3 * COLUMN_DISTANCE);
  }

  static void multiplyInt8_1x4(int depth, float[] a, int a0, int[] b, int row, float[] c, int c0) {
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
      IntVector codesEven = IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_8_BIT);
      FloatVector y0Even =
          codesEven.and(0xFF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Even =
          codesEven.and(0xFF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Even =
          codesEven
              .and(0xFF0000)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
      FloatVector y3Even =
          codesEven
              .lanewise(VectorOperators.LSHR, 24)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
      IntVector codesOdd = IntVector.fromArray(INTS, b, row + pair * 2 * WORDS_8_BIT + WORDS_8_BIT);
      FloatVector y0Odd =
          codesOdd.and(0xFF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Odd =
          codesOdd.and(0xFF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Odd =
          codesOdd
              .and(0xFF0000)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
      FloatVector y3Odd =
          codesOdd
              .lanewise(VectorOperators.LSHR, 24)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair]);
      sum0Even = xEven.fma(y0Even, sum0Even);
      sum1Even = xEven.fma(y1Even, sum1Even);
      sum2Even = xEven.fma(y2Even, sum2Even);
      sum3Even = xEven.fma(y3Even, sum3Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + 2 * pair + 1]);
      sum0Odd = xOdd.fma(y0Odd, sum0Odd);
      sum1Odd = xOdd.fma(y1Odd, sum1Odd);
      sum2Odd = xOdd.fma(y2Odd, sum2Odd);
      sum3Odd = xOdd.fma(y3Odd, sum3Odd);
    }
    if (depth % 2 == 1) {
      int k = depth - 1;
      IntVector codesLast = IntVector.fromArray(INTS, b, row + k * WORDS_8_BIT);
      FloatVector y0Last =
          codesLast.and(0xFF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Last =
          codesLast.and(0xFF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Last =
          codesLast
              .and(0xFF0000)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
      FloatVector y3Last =
          codesLast
              .lanewise(VectorOperators.LSHR, 24)
              .convertShape(VectorOperators.I2F, SPECIES, 0)
              .reinterpretAsFloats();
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = x.fma(y0Last, sum0Even);
      sum1Even = x.fma(y1Last, sum1Even);
      sum2Even = x.fma(y2Last, sum2Even);
      sum3Even = x.fma(y3Last, sum3Even);
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
    sum1.intoArray(c, c0 + COLUMN_DISTANCE);
    sum2.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum3.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
  }

  /** {@code depth} is even. */
  static void multiplyInt4_4x4(
      int depth, float[] a, int a0, int[] b, int row, float[] c, int c0, int cStride) {
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
    for (int k = 0; k < depth; k += 2) {
      IntVector codesEven = IntVector.fromArray(INTS, b, row + k * (WORDS_8_BIT / 2));
      FloatVector y0Even =
          codesEven.and(0xF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Even =
          codesEven.and(0xF0).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Even =
          codesEven.and(0xF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y3Even =
          codesEven.and(0xF000).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector x0Even = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum00 = x0Even.fma(y0Even, sum00);
      sum01 = x0Even.fma(y1Even, sum01);
      sum02 = x0Even.fma(y2Even, sum02);
      sum03 = x0Even.fma(y3Even, sum03);
      FloatVector x1Even = FloatVector.broadcast(SPECIES, a[a0 + FEW_ROWS_STRIDE + k]);
      sum10 = x1Even.fma(y0Even, sum10);
      sum11 = x1Even.fma(y1Even, sum11);
      sum12 = x1Even.fma(y2Even, sum12);
      sum13 = x1Even.fma(y3Even, sum13);
      FloatVector x2Even = FloatVector.broadcast(SPECIES, a[a0 + 2 * FEW_ROWS_STRIDE + k]);
      sum20 = x2Even.fma(y0Even, sum20);
      sum21 = x2Even.fma(y1Even, sum21);
      sum22 = x2Even.fma(y2Even, sum22);
      sum23 = x2Even.fma(y3Even, sum23);
      FloatVector x3Even = FloatVector.broadcast(SPECIES, a[a0 + 3 * FEW_ROWS_STRIDE + k]);
      sum30 = x3Even.fma(y0Even, sum30);
      sum31 = x3Even.fma(y1Even, sum31);
      sum32 = x3Even.fma(y2Even, sum32);
      sum33 = x3Even.fma(y3Even, sum33);
      IntVector codesOdd = codesEven.lanewise(VectorOperators.LSHR, 16);
      FloatVector y0Odd =
          codesOdd.and(0xF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Odd =
          codesOdd.and(0xF0).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Odd =
          codesOdd.and(0xF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y3Odd =
          codesOdd.and(0xF000).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector x0Odd = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      sum00 = x0Odd.fma(y0Odd, sum00);
      sum01 = x0Odd.fma(y1Odd, sum01);
      sum02 = x0Odd.fma(y2Odd, sum02);
      sum03 = x0Odd.fma(y3Odd, sum03);
      FloatVector x1Odd = FloatVector.broadcast(SPECIES, a[a0 + FEW_ROWS_STRIDE + k + 1]);
      sum10 = x1Odd.fma(y0Odd, sum10);
      sum11 = x1Odd.fma(y1Odd, sum11);
      sum12 = x1Odd.fma(y2Odd, sum12);
      sum13 = x1Odd.fma(y3Odd, sum13);
      FloatVector x2Odd = FloatVector.broadcast(SPECIES, a[a0 + 2 * FEW_ROWS_STRIDE + k + 1]);
      sum20 = x2Odd.fma(y0Odd, sum20);
      sum21 = x2Odd.fma(y1Odd, sum21);
      sum22 = x2Odd.fma(y2Odd, sum22);
      sum23 = x2Odd.fma(y3Odd, sum23);
      FloatVector x3Odd = FloatVector.broadcast(SPECIES, a[a0 + 3 * FEW_ROWS_STRIDE + k + 1]);
      sum30 = x3Odd.fma(y0Odd, sum30);
      sum31 = x3Odd.fma(y1Odd, sum31);
      sum32 = x3Odd.fma(y2Odd, sum32);
      sum33 = x3Odd.fma(y3Odd, sum33);
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
    sum01.intoArray(c, c0 + COLUMN_DISTANCE);
    sum02.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum03.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
    sum10.intoArray(c, c1);
    sum11.intoArray(c, c1 + COLUMN_DISTANCE);
    sum12.intoArray(c, c1 + 2 * COLUMN_DISTANCE);
    sum13.intoArray(c, c1 + 3 * COLUMN_DISTANCE);
    sum20.intoArray(c, c2);
    sum21.intoArray(c, c2 + COLUMN_DISTANCE);
    sum22.intoArray(c, c2 + 2 * COLUMN_DISTANCE);
    sum23.intoArray(c, c2 + 3 * COLUMN_DISTANCE);
    sum30.intoArray(c, c3);
    sum31.intoArray(c, c3 + COLUMN_DISTANCE);
    sum32.intoArray(c, c3 + 2 * COLUMN_DISTANCE);
    sum33.intoArray(c, c3 + 3 * COLUMN_DISTANCE);
  }

  /** {@code depth} is even. */
  static void multiplyInt4_1x4(int depth, float[] a, int a0, int[] b, int row, float[] c, int c0) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum0Even = zero;
    FloatVector sum1Even = zero;
    FloatVector sum2Even = zero;
    FloatVector sum3Even = zero;
    FloatVector sum0Odd = zero;
    FloatVector sum1Odd = zero;
    FloatVector sum2Odd = zero;
    FloatVector sum3Odd = zero;
    for (int k = 0; k < depth; k += 2) {
      IntVector codesEven = IntVector.fromArray(INTS, b, row + k * (WORDS_8_BIT / 2));
      FloatVector y0Even =
          codesEven.and(0xF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Even =
          codesEven.and(0xF0).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Even =
          codesEven.and(0xF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y3Even =
          codesEven.and(0xF000).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      IntVector codesOdd = codesEven.lanewise(VectorOperators.LSHR, 16);
      FloatVector y0Odd =
          codesOdd.and(0xF).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y1Odd =
          codesOdd.and(0xF0).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y2Odd =
          codesOdd.and(0xF00).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector y3Odd =
          codesOdd.and(0xF000).convertShape(VectorOperators.I2F, SPECIES, 0).reinterpretAsFloats();
      FloatVector xEven = FloatVector.broadcast(SPECIES, a[a0 + k]);
      sum0Even = xEven.fma(y0Even, sum0Even);
      sum1Even = xEven.fma(y1Even, sum1Even);
      sum2Even = xEven.fma(y2Even, sum2Even);
      sum3Even = xEven.fma(y3Even, sum3Even);
      FloatVector xOdd = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      sum0Odd = xOdd.fma(y0Odd, sum0Odd);
      sum1Odd = xOdd.fma(y1Odd, sum1Odd);
      sum2Odd = xOdd.fma(y2Odd, sum2Odd);
      sum3Odd = xOdd.fma(y3Odd, sum3Odd);
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
    sum1.intoArray(c, c0 + COLUMN_DISTANCE);
    sum2.intoArray(c, c0 + 2 * COLUMN_DISTANCE);
    sum3.intoArray(c, c0 + 3 * COLUMN_DISTANCE);
  }
}
