package io.headroom.attention.vector;

import static io.headroom.attention.vector.PanamaKernels.BYTES;
import static io.headroom.attention.vector.PanamaKernels.EIGHT;
import static io.headroom.attention.vector.PanamaKernels.FLOAT16_BITS;
import static io.headroom.attention.vector.PanamaKernels.FLOAT16_REBIAS;
import static io.headroom.attention.vector.PanamaKernels.HIGH_NIBBLES;
import static io.headroom.attention.vector.PanamaKernels.INTS;
import static io.headroom.attention.vector.PanamaKernels.LANES;
import static io.headroom.attention.vector.PanamaKernels.LOW_NIBBLES;
import static io.headroom.attention.vector.PanamaKernels.SPECIES;
import static io.headroom.attention.vector.PanamaKernels.UPPER_HALF;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Register blocks of {@code c += a b} that convert {@code b} in registers, for so few rows that
 * memory is the limit; see {@link PanamaFloatBlocks}. The float16 ones know no infinity and no NaN.
 *
 * <p>Blocks of four rows add {@code c} at the end. C2 inlines 8,000 bytecodes (its {@code
 * DesiredMethodLimit}) into a method at once; calls beyond that come later, and until then their
 * results have no exact type. What is called on such a result is inlined by the profile that all
 * callers of the Vector API share, if at all, and vectors may then be allocated in the loop, for
 * the rest of the process. So everything up to the end of the loop has to fit in.
 */
final class PanamaStoredBlocks {
  private PanamaStoredBlocks() {}

  static void multiplyBfloat16_4x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      int[] b,
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
      IntVector pairs0 = IntVector.fromArray(INTS, b, row);
      IntVector pairs1 = IntVector.fromArray(INTS, b, row + LANES);
      FloatVector y0 = pairs0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y1 = pairs0.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector y2 = pairs1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y3 = pairs1.and(UPPER_HALF).reinterpretAsFloats();
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
    sum00.add(FloatVector.fromArray(SPECIES, c, c0)).intoArray(c, c0);
    sum01.add(FloatVector.fromArray(SPECIES, c, c0 + LANES)).intoArray(c, c0 + LANES);
    sum02.add(FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES)).intoArray(c, c0 + 2 * LANES);
    sum03.add(FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES)).intoArray(c, c0 + 3 * LANES);
    sum10.add(FloatVector.fromArray(SPECIES, c, c1)).intoArray(c, c1);
    sum11.add(FloatVector.fromArray(SPECIES, c, c1 + LANES)).intoArray(c, c1 + LANES);
    sum12.add(FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES)).intoArray(c, c1 + 2 * LANES);
    sum13.add(FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES)).intoArray(c, c1 + 3 * LANES);
    sum20.add(FloatVector.fromArray(SPECIES, c, c2)).intoArray(c, c2);
    sum21.add(FloatVector.fromArray(SPECIES, c, c2 + LANES)).intoArray(c, c2 + LANES);
    sum22.add(FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES)).intoArray(c, c2 + 2 * LANES);
    sum23.add(FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES)).intoArray(c, c2 + 3 * LANES);
    sum30.add(FloatVector.fromArray(SPECIES, c, c3)).intoArray(c, c3);
    sum31.add(FloatVector.fromArray(SPECIES, c, c3 + LANES)).intoArray(c, c3 + LANES);
    sum32.add(FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES)).intoArray(c, c3 + 2 * LANES);
    sum33.add(FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES)).intoArray(c, c3 + 3 * LANES);
  }

  static void multiplyBfloat16_1x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      int[] b,
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
      IntVector pairs0 = IntVector.fromArray(INTS, b, row);
      IntVector pairs1 = IntVector.fromArray(INTS, b, row + LANES);
      FloatVector y0 = pairs0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y1 = pairs0.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector y2 = pairs1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector y3 = pairs1.and(UPPER_HALF).reinterpretAsFloats();
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

  static void multiplyFloat16_4x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      int[] b,
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
      IntVector pairs0 = IntVector.fromArray(INTS, b, row);
      IntVector pairs1 = IntVector.fromArray(INTS, b, row + LANES);
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
    sum00.add(FloatVector.fromArray(SPECIES, c, c0)).intoArray(c, c0);
    sum01.add(FloatVector.fromArray(SPECIES, c, c0 + LANES)).intoArray(c, c0 + LANES);
    sum02.add(FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES)).intoArray(c, c0 + 2 * LANES);
    sum03.add(FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES)).intoArray(c, c0 + 3 * LANES);
    sum10.add(FloatVector.fromArray(SPECIES, c, c1)).intoArray(c, c1);
    sum11.add(FloatVector.fromArray(SPECIES, c, c1 + LANES)).intoArray(c, c1 + LANES);
    sum12.add(FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES)).intoArray(c, c1 + 2 * LANES);
    sum13.add(FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES)).intoArray(c, c1 + 3 * LANES);
    sum20.add(FloatVector.fromArray(SPECIES, c, c2)).intoArray(c, c2);
    sum21.add(FloatVector.fromArray(SPECIES, c, c2 + LANES)).intoArray(c, c2 + LANES);
    sum22.add(FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES)).intoArray(c, c2 + 2 * LANES);
    sum23.add(FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES)).intoArray(c, c2 + 3 * LANES);
    sum30.add(FloatVector.fromArray(SPECIES, c, c3)).intoArray(c, c3);
    sum31.add(FloatVector.fromArray(SPECIES, c, c3 + LANES)).intoArray(c, c3 + LANES);
    sum32.add(FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES)).intoArray(c, c3 + 2 * LANES);
    sum33.add(FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES)).intoArray(c, c3 + 3 * LANES);
  }

  static void multiplyFloat16_1x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      int[] b,
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
      IntVector pairs0 = IntVector.fromArray(INTS, b, row);
      IntVector pairs1 = IntVector.fromArray(INTS, b, row + LANES);
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
      row += bStride;
    }
    sum00.intoArray(c, c0);
    sum01.intoArray(c, c0 + LANES);
    sum02.intoArray(c, c0 + 2 * LANES);
    sum03.intoArray(c, c0 + 3 * LANES);
  }

  static void multiplyInt8_4x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      byte[] b,
      int row,
      int bStride,
      short[] scales,
      int scaleIndex,
      int scaleStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
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
      FloatVector scale =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex] << 16));
      FloatVector shift =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex + 1] << 16));
      scaleIndex += scaleStride;
      FloatVector y0 =
          ByteVector.fromArray(BYTES, b, row)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y1 =
          ByteVector.fromArray(BYTES, b, row + LANES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y2 =
          ByteVector.fromArray(BYTES, b, row + 2 * LANES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y3 =
          ByteVector.fromArray(BYTES, b, row + 3 * LANES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
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
    sum00.add(FloatVector.fromArray(SPECIES, c, c0)).intoArray(c, c0);
    sum01.add(FloatVector.fromArray(SPECIES, c, c0 + LANES)).intoArray(c, c0 + LANES);
    sum02.add(FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES)).intoArray(c, c0 + 2 * LANES);
    sum03.add(FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES)).intoArray(c, c0 + 3 * LANES);
    sum10.add(FloatVector.fromArray(SPECIES, c, c1)).intoArray(c, c1);
    sum11.add(FloatVector.fromArray(SPECIES, c, c1 + LANES)).intoArray(c, c1 + LANES);
    sum12.add(FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES)).intoArray(c, c1 + 2 * LANES);
    sum13.add(FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES)).intoArray(c, c1 + 3 * LANES);
    sum20.add(FloatVector.fromArray(SPECIES, c, c2)).intoArray(c, c2);
    sum21.add(FloatVector.fromArray(SPECIES, c, c2 + LANES)).intoArray(c, c2 + LANES);
    sum22.add(FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES)).intoArray(c, c2 + 2 * LANES);
    sum23.add(FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES)).intoArray(c, c2 + 3 * LANES);
    sum30.add(FloatVector.fromArray(SPECIES, c, c3)).intoArray(c, c3);
    sum31.add(FloatVector.fromArray(SPECIES, c, c3 + LANES)).intoArray(c, c3 + LANES);
    sum32.add(FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES)).intoArray(c, c3 + 2 * LANES);
    sum33.add(FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES)).intoArray(c, c3 + 3 * LANES);
  }

  static void multiplyInt8_1x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      byte[] b,
      int row,
      int bStride,
      short[] scales,
      int scaleIndex,
      int scaleStride,
      float[] c,
      int c0,
      int cStride) {
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector sum03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector scale =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex] << 16));
      FloatVector shift =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex + 1] << 16));
      scaleIndex += scaleStride;
      FloatVector y0 =
          ByteVector.fromArray(BYTES, b, row)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y1 =
          ByteVector.fromArray(BYTES, b, row + LANES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y2 =
          ByteVector.fromArray(BYTES, b, row + 2 * LANES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y3 =
          ByteVector.fromArray(BYTES, b, row + 3 * LANES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
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

  static void multiplyInt4_4x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      byte[] b,
      int row,
      int bStride,
      short[] scales,
      int scaleIndex,
      int scaleStride,
      float[] c,
      int c0,
      int cStride) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
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
      FloatVector scale =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex] << 16));
      FloatVector shift =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex + 1] << 16));
      scaleIndex += scaleStride;
      FloatVector highScale = scale.mul(0.0625f);
      FloatVector highShift = scale.fma(EIGHT, shift);
      ByteVector pair0 = ByteVector.fromArray(BYTES, b, row);
      ByteVector pair1 = ByteVector.fromArray(BYTES, b, row + LANES);
      FloatVector y0 =
          pair0
              .and(LOW_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y2 =
          pair0
              .and(HIGH_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(highScale, highShift);
      FloatVector y1 =
          pair1
              .and(LOW_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y3 =
          pair1
              .and(HIGH_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(highScale, highShift);
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
    sum00.add(FloatVector.fromArray(SPECIES, c, c0)).intoArray(c, c0);
    sum01.add(FloatVector.fromArray(SPECIES, c, c0 + LANES)).intoArray(c, c0 + LANES);
    sum02.add(FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES)).intoArray(c, c0 + 2 * LANES);
    sum03.add(FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES)).intoArray(c, c0 + 3 * LANES);
    sum10.add(FloatVector.fromArray(SPECIES, c, c1)).intoArray(c, c1);
    sum11.add(FloatVector.fromArray(SPECIES, c, c1 + LANES)).intoArray(c, c1 + LANES);
    sum12.add(FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES)).intoArray(c, c1 + 2 * LANES);
    sum13.add(FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES)).intoArray(c, c1 + 3 * LANES);
    sum20.add(FloatVector.fromArray(SPECIES, c, c2)).intoArray(c, c2);
    sum21.add(FloatVector.fromArray(SPECIES, c, c2 + LANES)).intoArray(c, c2 + LANES);
    sum22.add(FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES)).intoArray(c, c2 + 2 * LANES);
    sum23.add(FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES)).intoArray(c, c2 + 3 * LANES);
    sum30.add(FloatVector.fromArray(SPECIES, c, c3)).intoArray(c, c3);
    sum31.add(FloatVector.fromArray(SPECIES, c, c3 + LANES)).intoArray(c, c3 + LANES);
    sum32.add(FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES)).intoArray(c, c3 + 2 * LANES);
    sum33.add(FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES)).intoArray(c, c3 + 3 * LANES);
  }

  static void multiplyInt4_1x4(
      int depth,
      float[] a,
      int a0,
      int aStride,
      byte[] b,
      int row,
      int bStride,
      short[] scales,
      int scaleIndex,
      int scaleStride,
      float[] c,
      int c0,
      int cStride) {
    FloatVector sum00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector sum01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector sum02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector sum03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector scale =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex] << 16));
      FloatVector shift =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex + 1] << 16));
      scaleIndex += scaleStride;
      FloatVector highScale = scale.mul(0.0625f);
      FloatVector highShift = scale.fma(EIGHT, shift);
      ByteVector pair0 = ByteVector.fromArray(BYTES, b, row);
      ByteVector pair1 = ByteVector.fromArray(BYTES, b, row + LANES);
      FloatVector y0 =
          pair0
              .and(LOW_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y2 =
          pair0
              .and(HIGH_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(highScale, highShift);
      FloatVector y1 =
          pair1
              .and(LOW_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift);
      FloatVector y3 =
          pair1
              .and(HIGH_NIBBLES)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(highScale, highShift);
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
}
