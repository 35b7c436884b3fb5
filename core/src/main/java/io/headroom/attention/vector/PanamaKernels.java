package io.headroom.attention.vector;

import static io.headroom.kvcache.TileMatrix.PAIR_DISTANCE;

import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.TileMatrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API twin. Only the ladder may load it: it links against an incubating module. */
final class PanamaKernels implements Kernels {
  static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(
          float.class,
          VectorShape.forBitSize(
              KernelsLadder.vectorBits(FloatVector.SPECIES_PREFERRED.vectorBitSize())));
  static final int LANES = SPECIES.length();

  private static final int BITS = SPECIES.vectorBitSize();

  static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  /**
   * As many bytes as there are lanes; 4 bytes make no vector, so 128 bits convert 8 in two parts.
   */
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, BITS / 4)));

  /** Of two numbers in an int, the second: as a bfloat16 it is a float32 where it stands. */
  static final int UPPER_HALF = 0xFFFF0000;

  /** Of a float16 in the upper half of an int, shifted right by 3: sign, exponent and mantissa. */
  static final int FLOAT16_BITS = 0x8FFFE000;

  /** Exponent biases differ by 127 - 15; exact for subnormals too. */
  static final float FLOAT16_REBIAS = 0x1p112f;

  static final FloatVector EIGHT = FloatVector.broadcast(SPECIES, 8);
  static final byte LOW_NIBBLES = 0x0F;

  /**
   * A high nibble is {@code code - 8} in two's complement: alone in its byte it is 16 times that.
   */
  static final byte HIGH_NIBBLES = (byte) 0xF0;

  private static final boolean WIDE = BITS == 512;

  /** Columns of the integer precisions that share a scale. */
  private static final int GROUP = KvPrecision.GROUP_SIZE;

  /** With so few rows memory is the limit, and stored numbers are converted in registers. */
  private static final int FEW_ROWS = 8;

  /** So few rows read the columns of a few rows at a time, in the order of the addresses. */
  private static final int FEW_ROWS_DEPTH = 16;

  @Override
  public String detail() {
    return "panama-" + BITS + "-fma";
  }

  @Override
  public boolean multiplies(TileMatrix b, int rows) {
    boolean inRegisters = WIDE && rows <= FEW_ROWS && b.columns() % GROUP == 0;
    return b.precision() == KvPrecision.F32 || inRegisters;
  }

  @Override
  public void multiplyAdd(
      int rows,
      int columns,
      int depth,
      float[] a,
      int aOffset,
      int aStride,
      TileMatrix b,
      int firstRow,
      float[] c,
      int cStride) {
    int step = rows <= FEW_ROWS && columns > GROUP ? FEW_ROWS_DEPTH : depth;
    for (int k = 0; k < depth; k += step) {
      int part = Math.min(step, depth - k);
      int row = 0;
      while (row < rows) {
        int height = height(rows - row, b.precision());
        int aRow = aOffset + row * aStride + k;
        panel(height, columns, part, a, aRow, aStride, b, firstRow + k, c, row * cStride, cStride);
        row += height;
      }
    }
  }

  /** Rows of the next register block: 6, 4 or 1, so that little is wasted on padding. */
  private static int height(int rows, KvPrecision precision) {
    if (rows == 1) {
      return 1;
    }
    boolean four = rows <= 4 || rows == 8 || precision != KvPrecision.F32;
    return four ? 4 : 6;
  }

  private static void panel(
      int height,
      int columns,
      int depth,
      float[] a,
      int aRow,
      int aStride,
      TileMatrix b,
      int firstRow,
      float[] c,
      int cRow,
      int cStride) {
    int bRow = b.offset() + firstRow * b.stride();
    switch (b.precision()) {
      case F32 ->
          floats(
              height,
              columns,
              depth,
              a,
              aRow,
              aStride,
              b.floats(),
              bRow,
              b.stride(),
              c,
              cRow,
              cStride);
      case F16, BF16 -> halves(height, columns, depth, a, aRow, aStride, b, bRow, c, cRow, cStride);
      case INT8, INT4 ->
          integers(height, columns, depth, a, aRow, aStride, b, firstRow, c, cRow, cStride);
    }
  }

  private static void floats(
      int height,
      int columns,
      int depth,
      float[] a,
      int aRow,
      int aStride,
      float[] b,
      int bRow,
      int bStride,
      float[] c,
      int cRow,
      int cStride) {
    int j = 0;
    if (WIDE) {
      for (; j + 4 * LANES <= columns; j += 4 * LANES) {
        switch (height) {
          case 6 ->
              PanamaFloatBlocks.multiply6x4(
                  depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
          case 4 ->
              PanamaFloatBlocks.multiply4x4(
                  depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
          default ->
              PanamaFloatBlocks.multiply1x4(
                  depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        }
      }
    }
    for (; j + 2 * LANES <= columns; j += 2 * LANES) {
      switch (height) {
        case 6 ->
            PanamaFloatBlocks.multiply6x2(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        case 4 ->
            PanamaFloatBlocks.multiply4x2(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        default ->
            PanamaFloatBlocks.multiply1x2(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
      }
    }
    for (; j < columns; j += LANES) {
      switch (height) {
        case 6 ->
            PanamaFloatBlocks.multiply6x1(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        case 4 ->
            PanamaFloatBlocks.multiply4x1(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        default ->
            PanamaFloatBlocks.multiply1x1(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
      }
    }
  }

  private static void halves(
      int height,
      int columns,
      int depth,
      float[] a,
      int aRow,
      int aStride,
      TileMatrix b,
      int bRow,
      float[] c,
      int cRow,
      int cStride) {
    int[] data = b.pairs();
    boolean bfloat = b.precision() == KvPrecision.BF16;
    for (int j = 0; j < columns; j += GROUP) {
      int from = bRow + j / 2;
      int to = cRow + j;
      if (height == 4 && bfloat) {
        PanamaStoredBlocks.multiplyBfloat16_4x4(
            depth, a, aRow, aStride, data, from, b.stride(), c, to, cStride);
      } else if (height == 4) {
        PanamaStoredBlocks.multiplyFloat16_4x4(
            depth, a, aRow, aStride, data, from, b.stride(), c, to, cStride);
      } else if (bfloat) {
        PanamaStoredBlocks.multiplyBfloat16_1x4(
            depth, a, aRow, aStride, data, from, b.stride(), c, to, cStride);
      } else {
        PanamaStoredBlocks.multiplyFloat16_1x4(
            depth, a, aRow, aStride, data, from, b.stride(), c, to, cStride);
      }
    }
  }

  private static void integers(
      int height,
      int columns,
      int depth,
      float[] a,
      int aRow,
      int aStride,
      TileMatrix b,
      int firstRow,
      float[] c,
      int cRow,
      int cStride) {
    byte[] data = b.bytes();
    short[] scales = b.scales();
    int scaleStride = 2 * b.groups();
    boolean int8 = b.precision() == KvPrecision.INT8;
    int bytesPerGroup = int8 ? GROUP : GROUP / 2;
    for (int group = 0; group * GROUP < columns; group++) {
      int from = b.offset() + firstRow * b.stride() + group * bytesPerGroup;
      int scale = b.scalesOffset() + firstRow * scaleStride + 2 * group;
      int to = cRow + group * GROUP;
      if (height == 4 && int8) {
        PanamaStoredBlocks.multiplyInt8_4x4(
            depth,
            a,
            aRow,
            aStride,
            data,
            from,
            b.stride(),
            scales,
            scale,
            scaleStride,
            c,
            to,
            cStride);
      } else if (height == 4) {
        PanamaStoredBlocks.multiplyInt4_4x4(
            depth,
            a,
            aRow,
            aStride,
            data,
            from,
            b.stride(),
            scales,
            scale,
            scaleStride,
            c,
            to,
            cStride);
      } else if (int8) {
        PanamaStoredBlocks.multiplyInt8_1x4(
            depth,
            a,
            aRow,
            aStride,
            data,
            from,
            b.stride(),
            scales,
            scale,
            scaleStride,
            c,
            to,
            cStride);
      } else {
        PanamaStoredBlocks.multiplyInt4_1x4(
            depth,
            a,
            aRow,
            aStride,
            data,
            from,
            b.stride(),
            scales,
            scale,
            scaleStride,
            c,
            to,
            cStride);
      }
    }
  }

  @Override
  public void widen(TileMatrix from, int rows, float[] to) {
    boolean byteVectorsFit = BITS >= 256;
    switch (from.precision()) {
      case BF16 -> widenBfloat16(from.pairs(), from.offset(), rows * from.stride(), to);
      case F16 -> widenFloat16(from.pairs(), from.offset(), rows * from.stride(), to);
      case INT8 -> {
        if (byteVectorsFit) {
          widenInt8(from, rows, to);
          return;
        }
        ScalarKernels.widenAll(from, rows, to);
      }
      case INT4 -> {
        if (byteVectorsFit) {
          widenInt4(from, rows, to);
          return;
        }
        ScalarKernels.widenAll(from, rows, to);
      }
      case F32 -> ScalarKernels.widenAll(from, rows, to);
    }
  }

  private static void widenBfloat16(int[] from, int source, int count, float[] to) {
    for (int group = 0; group < count; group += PAIR_DISTANCE) {
      int target = 2 * group;
      for (int j = 0; j < PAIR_DISTANCE; j += LANES) {
        IntVector pairs = IntVector.fromArray(INTS, from, source + group + j);
        pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, target + j);
        pairs.and(UPPER_HALF).reinterpretAsFloats().intoArray(to, target + PAIR_DISTANCE + j);
      }
    }
  }

  private static void widenFloat16(int[] from, int source, int count, float[] to) {
    for (int group = 0; group < count; group += PAIR_DISTANCE) {
      for (int half = 0; half < 2; half++) {
        int target = 2 * group + half * PAIR_DISTANCE;
        for (int j = 0; j < PAIR_DISTANCE; j += LANES) {
          FloatVector value =
              IntVector.fromArray(INTS, from, source + group + j)
                  .lanewise(VectorOperators.LSHL, 16 - 16 * half)
                  .lanewise(VectorOperators.ASHR, 3)
                  .and(FLOAT16_BITS)
                  .reinterpretAsFloats()
                  .mul(FLOAT16_REBIAS);
          // Exponent 31 of float16 is infinity or NaN, and would be a number from 65536 on.
          var special = value.abs().compare(VectorOperators.GE, 0x1p16f);
          value
              .reinterpretAsInts()
              .lanewise(VectorOperators.OR, 0x7F800000, special.cast(INTS))
              .reinterpretAsFloats()
              .intoArray(to, target + j);
        }
      }
    }
  }

  private static void widenInt8(TileMatrix from, int rows, float[] to) {
    byte[] bytes = from.bytes();
    short[] scales = from.scales();
    int columns = from.columns();
    int source = from.offset();
    int scaleIndex = from.scalesOffset();
    for (int target = 0; target < rows * columns; target += columns) {
      for (int group = 0; group < columns; group += GROUP) {
        FloatVector scale =
            FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex] << 16));
        FloatVector shift =
            FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex + 1] << 16));
        scaleIndex += 2;
        int end = Math.min(columns, group + GROUP);
        for (int j = group; j < end; j += LANES) {
          ByteVector.fromArray(BYTES, bytes, source + j)
              .convertShape(VectorOperators.B2F, SPECIES, 0)
              .reinterpretAsFloats()
              .fma(scale, shift)
              .intoArray(to, target + j);
        }
      }
      source += columns;
    }
  }

  private static void widenInt4(TileMatrix from, int rows, float[] to) {
    byte[] bytes = from.bytes();
    short[] scales = from.scales();
    int source = from.offset();
    int scaleIndex = from.scalesOffset();
    for (int target = 0; target < rows * from.columns(); target += GROUP) {
      FloatVector scale =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex] << 16));
      FloatVector shift =
          FloatVector.broadcast(SPECIES, Float.intBitsToFloat(scales[scaleIndex + 1] << 16));
      FloatVector highScale = scale.mul(0.0625f);
      FloatVector highShift = scale.fma(EIGHT, shift);
      scaleIndex += 2;
      for (int j = 0; j < GROUP / 2; j += LANES) {
        ByteVector pair = ByteVector.fromArray(BYTES, bytes, source + j);
        pair.and(LOW_NIBBLES)
            .convertShape(VectorOperators.B2F, SPECIES, 0)
            .reinterpretAsFloats()
            .fma(scale, shift)
            .intoArray(to, target + j);
        pair.and(HIGH_NIBBLES)
            .convertShape(VectorOperators.B2F, SPECIES, 0)
            .reinterpretAsFloats()
            .fma(highScale, highShift)
            .intoArray(to, target + GROUP / 2 + j);
      }
      source += GROUP / 2;
    }
  }

  @Override
  public void exponentiate(RowBlock block) {
    for (int row = 0; row < block.rows; row++) {
      float base = block.bases[row];
      float greatest = greatestAbove(block.scores, row * RowBlock.TILE, base + BASE_LAG, base);
      if (greatest > base) {
        float factor = Exp2.of(base - greatest);
        scale(block.laneSums, row * RowBlock.LANES, RowBlock.LANES, factor);
        scale(block.output, row * block.columns, block.columns, factor);
        base = greatest;
        block.bases[row] = base;
      }
      float origin = base == Float.NEGATIVE_INFINITY ? 0 : base;
      exponentiate(block.scores, row * RowBlock.TILE, origin, block.laneSums, row * RowBlock.LANES);
    }
  }

  /** The greatest score of a row if one exceeds {@code bar}, otherwise {@code base}. */
  private static float greatestAbove(float[] scores, int from, float bar, float base) {
    FloatVector greatest = FloatVector.fromArray(SPECIES, scores, from);
    for (int j = LANES; j < RowBlock.TILE; j += LANES) {
      greatest = greatest.max(FloatVector.fromArray(SPECIES, scores, from + j));
    }
    if (!greatest.compare(VectorOperators.GT, bar).anyTrue()) {
      return base;
    }
    float result = base;
    for (int j = from; j < from + RowBlock.TILE; j++) {
      result = scores[j] > result ? scores[j] : result;
    }
    return result;
  }

  private static void scale(float[] data, int from, int count, float factor) {
    for (int j = from; j < from + count; j += LANES) {
      FloatVector.fromArray(SPECIES, data, j).mul(factor).intoArray(data, j);
    }
  }

  private static void exponentiate(float[] scores, int from, float base, float[] sums, int sum) {
    FloatVector total = FloatVector.fromArray(SPECIES, sums, sum);
    for (int j = from; j < from + RowBlock.TILE; j += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, scores, j).sub(base).max(Exp2.LEAST);
      FloatVector rounded = x.add(Exp2.ROUNDER);
      FloatVector f = x.sub(rounded.sub(Exp2.ROUNDER));
      FloatVector power =
          f.mul(Exp2.C6)
              .add(Exp2.C5)
              .fma(f, FloatVector.broadcast(SPECIES, Exp2.C4))
              .fma(f, FloatVector.broadcast(SPECIES, Exp2.C3))
              .fma(f, FloatVector.broadcast(SPECIES, Exp2.C2))
              .fma(f, FloatVector.broadcast(SPECIES, Exp2.C1))
              .fma(f, FloatVector.broadcast(SPECIES, 1f));
      FloatVector weight =
          rounded
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, Exp2.MANTISSA_BITS)
              .add(Exp2.ONE_BITS)
              .reinterpretAsFloats()
              .mul(power);
      weight.intoArray(scores, j);
      total = total.add(weight);
    }
    total.intoArray(sums, sum);
  }

  @Override
  public float multiplyAddChains(long rounds) {
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector a = FloatVector.broadcast(SPECIES, 1);
    FloatVector b = FloatVector.broadcast(SPECIES, 2);
    FloatVector c = FloatVector.broadcast(SPECIES, 3);
    FloatVector d = FloatVector.broadcast(SPECIES, 4);
    FloatVector e = FloatVector.broadcast(SPECIES, 5);
    FloatVector f = FloatVector.broadcast(SPECIES, 6);
    FloatVector g = FloatVector.broadcast(SPECIES, 7);
    FloatVector h = FloatVector.broadcast(SPECIES, 8);
    FloatVector i = FloatVector.broadcast(SPECIES, 9);
    FloatVector j = FloatVector.broadcast(SPECIES, 10);
    FloatVector k = FloatVector.broadcast(SPECIES, 11);
    FloatVector l = FloatVector.broadcast(SPECIES, 12);
    for (long round = 0; round < rounds; round++) {
      a = a.fma(half, half);
      b = b.fma(half, half);
      c = c.fma(half, half);
      d = d.fma(half, half);
      e = e.fma(half, half);
      f = f.fma(half, half);
      g = g.fma(half, half);
      h = h.fma(half, half);
      i = i.fma(half, half);
      j = j.fma(half, half);
      k = k.fma(half, half);
      l = l.fma(half, half);
    }
    FloatVector all =
        a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
    return all.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public int operationsPerRound() {
    return 12 * LANES * 2;
  }

  @Override
  public float sum(float[] data, int from, int to) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = FloatVector.zero(SPECIES);
    FloatVector c = FloatVector.zero(SPECIES);
    FloatVector d = FloatVector.zero(SPECIES);
    int i = from;
    for (; i <= to - 4 * LANES; i += 4 * LANES) {
      a = a.add(FloatVector.fromArray(SPECIES, data, i));
      b = b.add(FloatVector.fromArray(SPECIES, data, i + LANES));
      c = c.add(FloatVector.fromArray(SPECIES, data, i + 2 * LANES));
      d = d.add(FloatVector.fromArray(SPECIES, data, i + 3 * LANES));
    }
    float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    for (; i < to; i++) {
      sum += data[i];
    }
    return sum;
  }
}
