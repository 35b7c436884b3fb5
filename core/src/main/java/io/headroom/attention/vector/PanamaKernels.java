package io.headroom.attention.vector;

import static io.headroom.attention.vector.RowBlock.FEW_ROWS_STRIDE;
import static io.headroom.kvcache.tiled.TileMatrix.COLUMN_DISTANCE;

import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.TileMatrix;
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

  /** The class of all float vectors here. */
  static final Class<?> VECTOR = FloatVector.zero(SPECIES).getClass();

  static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  /** Of two numbers in an int, the second: as a bfloat16 it is a float32 where it stands. */
  static final int UPPER_HALF = 0xFFFF0000;

  /** Of a float16 in the upper half of an int, shifted right by 3: sign, exponent and mantissa. */
  static final int FLOAT16_BITS = 0x8FFFE000;

  /** Exponent biases differ by 127 - 15; exact for subnormals too. */
  static final float FLOAT16_REBIAS = 0x1p112f;

  /** Of a float. */
  static final int SIGN = 0x80000000;

  /**
   * Of an e4m3 number without its sign, in the place of a float's exponent and first bits. With
   * {@link #FLOAT8_BIAS} added to it, for exponents' biases differ by 127 - 7, it is the float,
   * unless it is below {@link #FLOAT8_LEAST_NORMAL}: there e4m3 has no leading 1, so that it is
   * twice the float less that number, which is less than the float there alone. (To multiply by a
   * power of two would be exact as well, but floats that small take a processor a hundred times as
   * long.)
   */
  static final int FLOAT8_MAGNITUDE = 0x07F00000;

  static final int FLOAT8_BIAS = (127 - 7) << 23;
  static final float FLOAT8_LEAST_NORMAL = 0x1p-6f;

  /** What the bits of NaN would be as a number; the next smaller number is 448. */
  private static final int FLOAT8_NAN = Float.floatToRawIntBits(480);

  private static final boolean WIDE = BITS == 512;

  /** Columns of the integer precisions that share a scale. */
  private static final int GROUP = KvPrecision.GROUP_SIZE;

  @Override
  public String detail() {
    return "panama-" + BITS + "-fma";
  }

  @Override
  public boolean multiplies(TileMatrix b, int rows, int depth) {
    boolean few = rows <= RowBlock.FEW_ROWS && depth <= FEW_ROWS_STRIDE;
    return b.precision() == KvPrecision.F32 || (few && b.columns() == RowBlock.TILE);
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
    int height;
    for (int row = 0; row < rows; row += height) {
      height = height(rows - row, b.precision());
      int aRow = aOffset + row * aStride;
      int cRow = cOffset + row * cStride;
      if (b.precision() == KvPrecision.F32) {
        floats(
            height, columns, depth, a, aRow, aStride, b, firstRow, c, cRow, cStride, add, scratch);
      } else {
        stored(height, depth, a, aRow, b, firstRow, c, cRow, cStride, add, scratch);
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

  private static void floats(
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
      int cStride,
      boolean add,
      float[] scratch) {
    float[] data = b.floats();
    int stride = b.columns();
    int bRow = b.offset() + firstRow * stride;
    boolean strided = height != 4 || aStride == FEW_ROWS_STRIDE;
    boolean wide = WIDE && columns == GROUP && stride == GROUP && strided;
    if (wide && height == 6 && add) {
      PanamaFloatBlocks.multiplyAdd6x4(depth, a, aRow, aStride, data, bRow, c, cRow, cStride);
      return;
    }
    float[] to = add ? scratch : c;
    int toRow = add ? ScratchMemory.START : cRow;
    int toStride = add ? GROUP : cStride;
    if (wide) {
      switch (height) {
        case 6 ->
            PanamaFloatBlocks.multiply6x4(depth, a, aRow, aStride, data, bRow, to, toRow, toStride);
        case 4 -> PanamaFloatBlocks.multiply4x4(depth, a, aRow, data, bRow, to, toRow, toStride);
        default -> PanamaFloatBlocks.multiply1x4(depth, a, aRow, data, bRow, to, toRow);
      }
    } else {
      narrowFloats(
          height, columns, depth, a, aRow, aStride, data, bRow, stride, to, toRow, toStride);
    }
    if (add) {
      add(height, columns, scratch, c, cRow, cStride);
    }
  }

  private static void narrowFloats(
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
    for (; j + 2 * LANES <= columns; j += 2 * LANES) {
      switch (height) {
        case 6 ->
            PanamaFloatBlocks.multiply6x2(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        case 4 ->
            PanamaFloatBlocks.multiply4x2(
                depth, a, aRow, aStride, b, bRow + j, bStride, c, cRow + j, cStride);
        default -> PanamaFloatBlocks.multiply1x2(depth, a, aRow, b, bRow + j, bStride, c, cRow + j);
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
        default -> PanamaFloatBlocks.multiply1x1(depth, a, aRow, b, bRow + j, bStride, c, cRow + j);
      }
    }
  }

  private static void stored(
      int height,
      int depth,
      float[] a,
      int aRow,
      TileMatrix b,
      int firstRow,
      float[] c,
      int cRow,
      int cStride,
      boolean add,
      float[] scratch) {
    if (b.precision().isQuantised()) {
      quantised(height, depth, a, aRow, b, firstRow, c, cRow, cStride, add, scratch);
      return;
    }
    float[] to = add ? scratch : c;
    int toRow = add ? ScratchMemory.START : cRow;
    int toStride = add ? GROUP : cStride;
    int[] words = b.words();
    if (b.precision() == KvPrecision.FP8) {
      int bRow = b.offset() + firstRow * COLUMN_DISTANCE;
      float8s(height, depth, a, aRow, words, bRow, to, toRow, toStride);
    } else {
      boolean bfloat = b.precision() == KvPrecision.BF16;
      int bRow = b.offset() + firstRow * b.columns() / 2;
      halves(height, depth, a, aRow, bfloat, words, bRow, to, toRow, toStride);
    }
    if (add) {
      add(height, GROUP, scratch, c, cRow, cStride);
    }
  }

  private static void halves(
      int height,
      int depth,
      float[] a,
      int aRow,
      boolean bfloat,
      int[] words,
      int bRow,
      float[] c,
      int cRow,
      int cStride) {
    for (int j = 0; j < COLUMN_DISTANCE; j += LANES) {
      int at = cRow + j;
      if (height == 1 && bfloat) {
        PanamaStoredBlocks.multiplyBfloat16_1x4(depth, a, aRow, words, bRow + j, c, at);
      } else if (height == 1) {
        PanamaStoredBlocks.multiplyFloat16_1x4(depth, a, aRow, words, bRow + j, c, at);
      } else if (bfloat) {
        PanamaStoredBlocks.multiplyBfloat16_4x4(depth, a, aRow, words, bRow + j, c, at, cStride);
      } else {
        PanamaStoredBlocks.multiplyFloat16_4x4(depth, a, aRow, words, bRow + j, c, at, cStride);
      }
    }
  }

  private static void float8s(
      int height,
      int depth,
      float[] a,
      int aRow,
      int[] words,
      int bRow,
      float[] c,
      int cRow,
      int cStride) {
    for (int j = 0; j < COLUMN_DISTANCE; j += LANES) {
      int at = cRow + j;
      if (height == 1) {
        PanamaStoredBlocks.multiplyFloat8_1x4(depth, a, aRow, words, bRow + j, c, at);
      } else {
        PanamaStoredBlocks.multiplyFloat8_4x4(depth, a, aRow, words, bRow + j, c, at, cStride);
      }
    }
  }

  /**
   * The sum over k of {@code a[k] * (shift[k] + scale[k] * code[k, j])} is {@code sum of a *
   * shift}, the same for every column, and a product of codes with {@code a * scale}. So scales and
   * shifts cost as much as another column.
   */
  private static void quantised(
      int height,
      int depth,
      float[] a,
      int aRow,
      TileMatrix b,
      int firstRow,
      float[] c,
      int cRow,
      int cStride,
      boolean add,
      float[] scratch) {
    boolean int8 = b.precision() == KvPrecision.INT8;
    // In int4 two rows share their words: neighbours of the first and last get a weight of 0.
    int before = int8 ? 0 : firstRow % 2;
    int foldedDepth = int8 ? depth : (before + depth + 1) / 2 * 2;
    int[] words = b.words();
    int bRow = b.offset() + (int8 ? firstRow : firstRow / 2) * COLUMN_DISTANCE;
    int sums = ScratchMemory.START;
    int shifted = sums + height * GROUP;
    int folded = shifted + height * LANES;
    for (int row = 0; row < height; row++) {
      int target = folded + row * FEW_ROWS_STRIDE;
      scratch[target] = 0;
      scratch[target + foldedDepth - 1] = 0;
    }
    int scales = b.scalesOffset() + firstRow;
    if (height == 1) {
      fold(depth, a, aRow, words, scales, scratch, folded + before, shifted);
    } else {
      foldFour(depth, a, aRow, words, scales, scratch, folded + before, shifted);
    }
    for (int j = 0; j < COLUMN_DISTANCE; j += LANES) {
      int at = sums + j;
      if (height == 1 && int8) {
        PanamaStoredBlocks.multiplyInt8_1x4(
            foldedDepth, scratch, folded, words, bRow + j, scratch, at);
      } else if (height == 1) {
        PanamaStoredBlocks.multiplyInt4_1x4(
            foldedDepth, scratch, folded, words, bRow + j, scratch, at);
      } else if (int8) {
        PanamaStoredBlocks.multiplyInt8_4x4(
            foldedDepth, scratch, folded, words, bRow + j, scratch, at, GROUP);
      } else {
        PanamaStoredBlocks.multiplyInt4_4x4(
            foldedDepth, scratch, folded, words, bRow + j, scratch, at, GROUP);
      }
    }
    float[] factors = int8 ? PanamaStoredBlocks.INT8_FACTORS : PanamaStoredBlocks.INT4_FACTORS;
    for (int row = 0; row < height; row++) {
      float shift = sum(scratch, shifted + row * LANES);
      int from = sums + row * GROUP;
      int to = cRow + row * cStride;
      if (add) {
        addScaled(scratch, from, factors, shift, c, to);
      } else {
        scale(scratch, from, factors, shift, c, to);
      }
    }
  }

  /**
   * Multiplies a row by the scales; the lanes at {@code sums} add up to its product with shifts.
   */
  private static void fold(
      int depth, float[] a, int from, int[] words, int scales, float[] to, int target, int sums) {
    FloatVector shifted = FloatVector.zero(SPECIES);
    int k = 0;
    for (; k + LANES <= depth; k += LANES) {
      IntVector pair = IntVector.fromArray(INTS, words, scales + k);
      FloatVector x = FloatVector.fromArray(SPECIES, a, from + k);
      x.mul(pair.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats())
          .intoArray(to, target + k);
      shifted = x.fma(pair.and(UPPER_HALF).reinterpretAsFloats(), shifted);
    }
    if (shifted.getClass() != VECTOR) {
      throw otherVectors();
    }
    shifted.intoArray(to, sums);
    foldRest(k, depth, a, from, words, scales, to, target, sums);
  }

  /** Four rows at once, {@link RowBlock#FEW_ROWS_STRIDE} apart. */
  private static void foldFour(
      int depth, float[] a, int from, int[] words, int scales, float[] to, int target, int sums) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector shifted0 = zero;
    FloatVector shifted1 = zero;
    FloatVector shifted2 = zero;
    FloatVector shifted3 = zero;
    int k = 0;
    for (; k + LANES <= depth; k += LANES) {
      IntVector pair = IntVector.fromArray(INTS, words, scales + k);
      FloatVector scale = pair.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector shift = pair.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector x0 = FloatVector.fromArray(SPECIES, a, from + k);
      FloatVector x1 = FloatVector.fromArray(SPECIES, a, from + FEW_ROWS_STRIDE + k);
      FloatVector x2 = FloatVector.fromArray(SPECIES, a, from + 2 * FEW_ROWS_STRIDE + k);
      FloatVector x3 = FloatVector.fromArray(SPECIES, a, from + 3 * FEW_ROWS_STRIDE + k);
      x0.mul(scale).intoArray(to, target + k);
      x1.mul(scale).intoArray(to, target + FEW_ROWS_STRIDE + k);
      x2.mul(scale).intoArray(to, target + 2 * FEW_ROWS_STRIDE + k);
      x3.mul(scale).intoArray(to, target + 3 * FEW_ROWS_STRIDE + k);
      shifted0 = x0.fma(shift, shifted0);
      shifted1 = x1.fma(shift, shifted1);
      shifted2 = x2.fma(shift, shifted2);
      shifted3 = x3.fma(shift, shifted3);
    }
    if (shifted0.getClass() != VECTOR
        || shifted1.getClass() != VECTOR
        || shifted2.getClass() != VECTOR
        || shifted3.getClass() != VECTOR) {
      throw otherVectors();
    }
    shifted0.intoArray(to, sums);
    shifted1.intoArray(to, sums + LANES);
    shifted2.intoArray(to, sums + 2 * LANES);
    shifted3.intoArray(to, sums + 3 * LANES);
    if (k < depth) {
      for (int row = 0; row < 4; row++) {
        int next = row * FEW_ROWS_STRIDE;
        foldRest(k, depth, a, from + next, words, scales, to, target + next, sums + row * LANES);
      }
    }
  }

  private static void foldRest(
      int first,
      int depth,
      float[] a,
      int from,
      int[] words,
      int scales,
      float[] to,
      int target,
      int sums) {
    for (int k = first; k < depth; k++) {
      to[target + k] = a[from + k] * TileMatrix.scale(words[scales + k]);
      to[sums] += a[from + k] * TileMatrix.shift(words[scales + k]);
    }
  }

  private static float sum(float[] lanes, int from) {
    float sum = 0;
    for (int i = from; i < from + LANES; i += 4) {
      sum += lanes[i] + lanes[i + 1] + (lanes[i + 2] + lanes[i + 3]);
    }
    return sum;
  }

  private static void scale(
      float[] sums, int from, float[] factors, float shift, float[] c, int to) {
    FloatVector shifts = FloatVector.broadcast(SPECIES, shift);
    for (int j = 0; j < GROUP; j += LANES) {
      FloatVector.fromArray(SPECIES, sums, from + j)
          .fma(FloatVector.broadcast(SPECIES, factors[j / COLUMN_DISTANCE]), shifts)
          .intoArray(c, to + j);
    }
  }

  private static void addScaled(
      float[] sums, int from, float[] factors, float shift, float[] c, int to) {
    for (int j = 0; j < GROUP; j += LANES) {
      FloatVector.fromArray(SPECIES, sums, from + j)
          .mul(factors[j / COLUMN_DISTANCE])
          .add(FloatVector.fromArray(SPECIES, c, to + j).add(shift))
          .intoArray(c, to + j);
    }
  }

  /** Adds rows of scratch memory, {@value #GROUP} apart, to those of {@code c}. */
  private static void add(
      int rows, int columns, float[] scratch, float[] c, int cRow, int cStride) {
    for (int row = 0; row < rows; row++) {
      int to = cRow + row * cStride;
      int from = ScratchMemory.START + row * GROUP;
      for (int j = 0; j < columns; j += LANES) {
        FloatVector.fromArray(SPECIES, scratch, from + j)
            .add(FloatVector.fromArray(SPECIES, c, to + j))
            .intoArray(c, to + j);
      }
    }
  }

  /** Never thrown: asking for the class of a vector tells C2 what it is. */
  static AssertionError otherVectors() {
    return new AssertionError("a vector of another species than " + SPECIES);
  }

  @Override
  public void widen(TileMatrix from, int rows, float[] to, int offset) {
    switch (from.precision()) {
      case F32 -> ScalarKernels.widenAll(from, rows, to, offset);
      case BF16 ->
          widenBfloat16(from.words(), from.offset(), rows * from.columns() / 2, to, offset);
      case F16 -> widenFloat16(from.words(), from.offset(), rows * from.columns() / 2, to, offset);
      case FP8 -> widenFloat8(from.words(), from.offset(), rows * COLUMN_DISTANCE, to, offset);
      case INT8, INT4 -> widenIntegers(from, rows, to, offset);
    }
  }

  private static void widenBfloat16(int[] from, int source, int count, float[] to, int offset) {
    for (int group = 0; group < count; group += COLUMN_DISTANCE) {
      int target = offset + 2 * group;
      for (int j = 0; j < COLUMN_DISTANCE; j += LANES) {
        IntVector pairs = IntVector.fromArray(INTS, from, source + group + j);
        pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, target + j);
        pairs.and(UPPER_HALF).reinterpretAsFloats().intoArray(to, target + COLUMN_DISTANCE + j);
      }
    }
  }

  private static void widenFloat16(int[] from, int source, int count, float[] to, int offset) {
    for (int group = 0; group < count; group += COLUMN_DISTANCE) {
      int target = offset + 2 * group;
      for (int j = 0; j < COLUMN_DISTANCE; j += LANES) {
        // By constants: with shifts by a variable some virtual machines of JDK 17 were seen to
        // compute wrong numbers.
        IntVector pairs = IntVector.fromArray(INTS, from, source + group + j);
        float16InUpperHalf(pairs.lanewise(VectorOperators.LSHL, 16)).intoArray(to, target + j);
        float16InUpperHalf(pairs).intoArray(to, target + COLUMN_DISTANCE + j);
      }
    }
  }

  private static FloatVector float16InUpperHalf(IntVector halves) {
    FloatVector value =
        halves
            .lanewise(VectorOperators.ASHR, 3)
            .and(FLOAT16_BITS)
            .reinterpretAsFloats()
            .mul(FLOAT16_REBIAS);
    // Exponent 31 of float16 is infinity or NaN, and would be a number from 65536 on.
    var special = value.abs().compare(VectorOperators.GE, 0x1p16f);
    return value
        .reinterpretAsInts()
        .lanewise(VectorOperators.OR, 0x7F800000, special.cast(INTS))
        .reinterpretAsFloats();
  }

  private static void widenFloat8(int[] from, int source, int count, float[] to, int offset) {
    FloatVector two = FloatVector.broadcast(SPECIES, 2);
    FloatVector least = FloatVector.broadcast(SPECIES, -FLOAT8_LEAST_NORMAL);
    for (int group = 0; group < count; group += COLUMN_DISTANCE) {
      for (int quarter = 0; quarter < 4; quarter++) {
        int target = offset + 4 * group + quarter * COLUMN_DISTANCE;
        for (int j = 0; j < COLUMN_DISTANCE; j += LANES) {
          IntVector code =
              IntVector.fromArray(INTS, from, source + group + j)
                  .lanewise(VectorOperators.LSHL, 24 - 8 * quarter);
          IntVector normal =
              code.lanewise(VectorOperators.LSHR, 4).and(FLOAT8_MAGNITUDE).add(FLOAT8_BIAS);
          IntVector value =
              normal.min(normal.reinterpretAsFloats().fma(two, least).reinterpretAsInts());
          value
              .lanewise(
                  VectorOperators.OR, 0x7F800000, value.compare(VectorOperators.GE, FLOAT8_NAN))
              .or(code.and(SIGN))
              .reinterpretAsFloats()
              .intoArray(to, target + j);
        }
      }
    }
  }

  private static void widenIntegers(TileMatrix from, int rows, float[] to, int offset) {
    boolean int8 = from.precision() == KvPrecision.INT8;
    int bits = from.precision().bits();
    int mask = (1 << bits) - 1;
    for (int row = 0; row < rows; row++) {
      int pair = from.words()[from.scalesOffset() + row];
      FloatVector scale = FloatVector.broadcast(SPECIES, TileMatrix.scale(pair));
      FloatVector shift = FloatVector.broadcast(SPECIES, TileMatrix.shift(pair));
      int source = from.offset() + (int8 ? row : row / 2) * COLUMN_DISTANCE;
      int firstBit = int8 ? 0 : row % 2 * 16;
      for (int j = 0; j < GROUP; j += LANES) {
        IntVector.fromArray(INTS, from.words(), source + j % COLUMN_DISTANCE)
            .lanewise(VectorOperators.LSHR, firstBit + j / COLUMN_DISTANCE * bits)
            .and(mask)
            .convertShape(VectorOperators.I2F, SPECIES, 0)
            .reinterpretAsFloats()
            .fma(scale, shift)
            .intoArray(to, offset + row * GROUP + j);
      }
    }
  }

  @Override
  public void scale(
      int count, float factor, float[] from, int fromOffset, float[] to, int toOffset) {
    // C2 makes no vectors of the plain loop: it cannot know that the arrays do not overlap.
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromArray(SPECIES, from, fromOffset + i).mul(factor).intoArray(to, toOffset + i);
    }
    for (; i < count; i++) {
      to[toOffset + i] = factor * from[fromOffset + i];
    }
  }

  @Override
  public void exponentiate(RowBlock block) {
    float[] data = block.data;
    for (int row = 0; row < block.rows; row++) {
      int scores = block.scores + row * block.scoreStride;
      float base = block.bases[row];
      if (reaches(base + BASE_LAG, data, scores)) {
        base = block.raiseBase(row);
      }
      float origin = base == Float.NEGATIVE_INFINITY ? 0 : base;
      exponentiate(data, scores, origin, block.laneSums + row * RowBlock.LANES);
    }
  }

  /** Whether any score of a row is above a limit, or a NaN without a sign. */
  private static boolean reaches(float limit, float[] data, int scores) {
    // Signs of differences: masks and greatest vectors take several instructions each.
    IntVector signs = FloatVector.fromArray(SPECIES, data, scores).sub(limit).reinterpretAsInts();
    for (int i = LANES; i < RowBlock.TILE; i += LANES) {
      signs =
          FloatVector.fromArray(SPECIES, data, scores + i)
              .sub(limit)
              .reinterpretAsInts()
              .and(signs);
    }
    return IntVector.zero(INTS).compare(VectorOperators.LE, signs).anyTrue();
  }

  /** {@link Exp2#of} of scores above an origin, which become weights; sums follow. */
  private static void exponentiate(float[] data, int scores, float origin, int sums) {
    // Exponents are negated: a least int takes one instruction, a greatest float six. Two vectors
    // a turn: with one C2 now and then keeps the loop and allocates what it carries.
    IntVector greatest = IntVector.broadcast(INTS, Exp2.NEGATED_LEAST_BITS);
    FloatVector total = FloatVector.fromArray(SPECIES, data, sums);
    for (int i = 0; i < RowBlock.TILE; i += 2 * LANES) {
      int from = scores + i;
      FloatVector x0 =
          FloatVector.broadcast(SPECIES, origin)
              .sub(FloatVector.fromArray(SPECIES, data, from))
              .reinterpretAsInts()
              .lanewise(VectorOperators.MIN, greatest)
              .reinterpretAsFloats();
      FloatVector rounded0 = FloatVector.broadcast(SPECIES, Exp2.ROUNDER).sub(x0);
      FloatVector f0 = FloatVector.broadcast(SPECIES, Exp2.ROUNDER).sub(rounded0).sub(x0);
      FloatVector weight0 =
          f0.fma(FloatVector.broadcast(SPECIES, Exp2.C5), FloatVector.broadcast(SPECIES, Exp2.C4))
              .fma(f0, FloatVector.broadcast(SPECIES, Exp2.C3))
              .fma(f0, FloatVector.broadcast(SPECIES, Exp2.C2))
              .fma(f0, FloatVector.broadcast(SPECIES, Exp2.C1))
              .fma(f0, FloatVector.broadcast(SPECIES, 1f))
              .mul(
                  rounded0
                      .reinterpretAsInts()
                      .lanewise(VectorOperators.LSHL, Exp2.MANTISSA_BITS)
                      .add(Exp2.ONE_BITS)
                      .reinterpretAsFloats());
      FloatVector x1 =
          FloatVector.broadcast(SPECIES, origin)
              .sub(FloatVector.fromArray(SPECIES, data, from + LANES))
              .reinterpretAsInts()
              .lanewise(VectorOperators.MIN, greatest)
              .reinterpretAsFloats();
      FloatVector rounded1 = FloatVector.broadcast(SPECIES, Exp2.ROUNDER).sub(x1);
      FloatVector f1 = FloatVector.broadcast(SPECIES, Exp2.ROUNDER).sub(rounded1).sub(x1);
      FloatVector weight1 =
          f1.fma(FloatVector.broadcast(SPECIES, Exp2.C5), FloatVector.broadcast(SPECIES, Exp2.C4))
              .fma(f1, FloatVector.broadcast(SPECIES, Exp2.C3))
              .fma(f1, FloatVector.broadcast(SPECIES, Exp2.C2))
              .fma(f1, FloatVector.broadcast(SPECIES, Exp2.C1))
              .fma(f1, FloatVector.broadcast(SPECIES, 1f))
              .mul(
                  rounded1
                      .reinterpretAsInts()
                      .lanewise(VectorOperators.LSHL, Exp2.MANTISSA_BITS)
                      .add(Exp2.ONE_BITS)
                      .reinterpretAsFloats());
      if (weight0.getClass() != VECTOR || weight1.getClass() != VECTOR) {
        throw otherVectors();
      }
      weight0.intoArray(data, from);
      weight1.intoArray(data, from + LANES);
      total = weight0.add(weight1).add(total);
    }
    if (total.getClass() != VECTOR) {
      throw otherVectors();
    }
    total.intoArray(data, sums);
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
      a = FloatVector.broadcast(SPECIES, 0.5f).fma(a, half);
      b = FloatVector.broadcast(SPECIES, 0.5f).fma(b, half);
      c = FloatVector.broadcast(SPECIES, 0.5f).fma(c, half);
      d = FloatVector.broadcast(SPECIES, 0.5f).fma(d, half);
      e = FloatVector.broadcast(SPECIES, 0.5f).fma(e, half);
      f = FloatVector.broadcast(SPECIES, 0.5f).fma(f, half);
      g = FloatVector.broadcast(SPECIES, 0.5f).fma(g, half);
      h = FloatVector.broadcast(SPECIES, 0.5f).fma(h, half);
      i = FloatVector.broadcast(SPECIES, 0.5f).fma(i, half);
      j = FloatVector.broadcast(SPECIES, 0.5f).fma(j, half);
      k = FloatVector.broadcast(SPECIES, 0.5f).fma(k, half);
      l = FloatVector.broadcast(SPECIES, 0.5f).fma(l, half);
    }
    FloatVector all =
        FloatVector.zero(SPECIES)
            .add(a)
            .add(b)
            .add(c)
            .add(d)
            .add(e)
            .add(f)
            .add(g)
            .add(h)
            .add(i)
            .add(j)
            .add(k)
            .add(l);
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
      a = FloatVector.fromArray(SPECIES, data, i).add(a);
      b = FloatVector.fromArray(SPECIES, data, i + LANES).add(b);
      c = FloatVector.fromArray(SPECIES, data, i + 2 * LANES).add(c);
      d = FloatVector.fromArray(SPECIES, data, i + 3 * LANES).add(d);
    }
    FloatVector all = FloatVector.zero(SPECIES).add(a).add(b).add(c).add(d);
    float sum = all.reduceLanes(VectorOperators.ADD);
    for (; i < to; i++) {
      sum += data[i];
    }
    return sum;
  }
}
