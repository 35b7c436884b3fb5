package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.OutputError;
import io.headroom.kvcache.Float8;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.KvTile;
import io.headroom.kvcache.tiled.TileMatrix;
import io.headroom.kvcache.tiled.TiledKvCache;
import io.headroom.testkit.GaussianTensors;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class KernelsTest {
  /**
   * Of a float32 sum of some hundred products, against the sum of their sizes; a stored number is
   * as large as the largest of its row, because shifts and codes are added apart.
   */
  private static final double SUM_TOLERANCE = 1e-6;

  /** {@code shift + scale * code}, rounded once or twice. */
  private static final float WIDENING_TOLERANCE = 1e-6f;

  private static final double TWINS_TOLERANCE = 2e-6;

  private final Kernels kernels = KernelsLadder.kernels();
  private final GaussianTensors gaussian = new GaussianTensors(23);

  @Test
  void exponentialsKeepTheirErrorBound() {
    float[] row = new float[RowBlock.TILE];
    RowBlock block = new RowBlock(kernels);
    double worst = 0;
    int filled = 0;
    int step = 1999;
    for (int bits = Float.floatToIntBits(1e-30f);
        bits < Float.floatToIntBits(126.5f);
        bits += step) {
      row[filled++] = -Float.intBitsToFloat(bits);
      if (filled == row.length) {
        worst = Math.max(worst, worstError(block, row));
        filled = 0;
      }
    }
    for (int bits = Float.floatToIntBits(1e-30f); bits < Float.floatToIntBits(8f); bits += step) {
      row[filled++] = Float.intBitsToFloat(bits);
      if (filled == row.length) {
        worst = Math.max(worst, worstError(block, row));
        filled = 0;
      }
    }
    assertThat(worst).isLessThan(Exp2.RELATIVE_ERROR).isPositive();
  }

  private double worstError(RowBlock block, float[] exponents) {
    exponentiate(block, exponents, 0);
    double worst = 0;
    for (int i = 0; i < exponents.length; i++) {
      double exact = Math.pow(2, exponents[i]);
      worst = Math.max(worst, Math.abs(block.data[block.scores + i] / exact - 1));
    }
    return worst;
  }

  private void exponentiate(RowBlock block, float[] scores, float base) {
    block.load(HeadTensor.zeros(1, 1, 1), 0, 1, 0, 1, 1, 16);
    System.arraycopy(scores, 0, block.data, block.scores, scores.length);
    block.bases[0] = base;
    kernels.exponentiate(block);
  }

  @Test
  void exponentialsOfTheExtremes() {
    float[] scores = new float[RowBlock.TILE];
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    scores[1] = -126.6f;
    scores[2] = -1e30f;
    scores[3] = -126;
    RowBlock block = new RowBlock(kernels);
    exponentiate(block, scores, 0);
    assertThat(scores(block, 4)).containsExactly(0, 0, 0, 0x1p-126f);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7FC00000, 0xFFC00000})
  void aScoreThatIsNotANumberSpoilsItsRow(int bits) {
    for (int column = 0; column < RowBlock.TILE; column++) {
      float[] scores = new float[RowBlock.TILE];
      scores[column] = Float.intBitsToFloat(bits);
      for (float base : new float[] {Float.NEGATIVE_INFINITY, -3, 0, 50}) {
        RowBlock block = new RowBlock(kernels);
        exponentiate(block, scores, base);
        HeadTensor output = HeadTensor.zeros(1, 1, 1);
        block.write(output, 0, 0);
        assertThat(output.data()[0]).isNaN();
      }
    }
  }

  private static float[] scores(RowBlock block, int count) {
    return Arrays.copyOfRange(block.data, block.scores, block.scores + count);
  }

  private static void fillScores(RowBlock block, float score) {
    Arrays.fill(block.data, block.scores, block.scores + RowBlock.TILE, score);
  }

  @Test
  void rowsThatSeeNothingStayEmpty() {
    float[] scores = new float[RowBlock.TILE];
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    RowBlock block = new RowBlock(kernels);
    exponentiate(block, scores, Float.NEGATIVE_INFINITY);
    assertThat(block.bases[0]).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(scores(block, RowBlock.TILE)).containsOnly(0);
    RowBlock other = new RowBlock(kernels);
    exponentiate(other, scores, Float.NEGATIVE_INFINITY);
    block.merge(other);
    assertThat(block.bases[0]).isEqualTo(Float.NEGATIVE_INFINITY);
    HeadTensor output = HeadTensor.of(new float[] {5}, 1, 1, 1);
    block.write(output, 0, 0);
    assertThat(output.data()).containsExactly(0);
  }

  @Test
  void mergingWithAnEmptySideChangesNothing() {
    float[] scores = new float[RowBlock.TILE];
    RowBlock full = new RowBlock(kernels);
    exponentiate(full, scores, Float.NEGATIVE_INFINITY);
    full.data[full.output] = 128;
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    RowBlock empty = new RowBlock(kernels);
    exponentiate(empty, scores, Float.NEGATIVE_INFINITY);
    HeadTensor output = HeadTensor.zeros(1, 1, 1);
    full.merge(empty);
    full.write(output, 0, 0);
    assertThat(output.data()).containsExactly(2);
    empty.merge(full);
    empty.write(output, 0, 0);
    assertThat(output.data()).containsExactly(2);
  }

  @Test
  void basesFollowOnlyLargeSteps() {
    RowBlock block = new RowBlock(kernels);
    float[] scores = new float[RowBlock.TILE];
    exponentiate(block, scores, Float.NEGATIVE_INFINITY);
    assertThat(block.bases[0]).isZero();
    block.data[block.output] = 64;
    fillScores(block, Kernels.BASE_LAG);
    kernels.exponentiate(block);
    assertThat(block.bases[0]).isZero();
    assertThat(block.data[block.scores + 5]).isEqualTo(256);
    fillScores(block, 10);
    kernels.exponentiate(block);
    assertThat(block.bases[0]).isEqualTo(10);
    assertThat(block.data[block.scores + 5]).isEqualTo(1);
    assertThat(block.data[block.output]).isEqualTo(64 * 0x1p-10f);
  }

  @ParameterizedTest
  @EnumSource(KvPrecision.class)
  void productsAndWideningReadEveryPrecision(KvPrecision precision) {
    for (int dim : new int[] {1, 7, 40, 64, 96, 128, 200}) {
      TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, dim, dim, precision, 128));
      cache.append(gaussian.next(1, 128, dim), gaussian.next(1, 128, dim));
      KvTile tile = new KvTile();
      cache.tile(0, 1, tile);
      float[] number = new float[dim];
      float[] keys = new float[dim * 64];
      float[][] values = new float[tile.panels()][];
      Arrays.setAll(values, panel -> new float[64 * tile.values(panel).columns()]);
      for (int position = 0; position < 64; position++) {
        cache.readKey(0, 64 + position, number);
        for (int channel = 0; channel < dim; channel++) {
          keys[channel * 64 + position] = number[channel];
        }
        cache.readValue(0, 64 + position, number);
        for (int channel = 0; channel < dim; channel++) {
          int panel = channel / 64;
          int row = position * tile.values(panel).columns();
          values[panel][row + channel % 64] = number[channel];
        }
      }
      assertReads(tile.keys(), dim, 64, keys);
      for (int panel = 0; panel < tile.panels(); panel++) {
        assertReads(tile.values(panel), 64, Math.min(64, dim - panel * 64), values[panel]);
      }
    }
  }

  private void assertReads(TileMatrix matrix, int matrixRows, int used, float[] expected) {
    assertWidens(matrix, matrixRows, used, expected);
    for (int rows : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 48}) {
      int stride = RowBlock.FEW_ROWS_STRIDE;
      assertMultiplies(matrix, matrixRows, used, expected, rows, stride, false);
      assertMultiplies(matrix, matrixRows, used, expected, rows, stride, true);
      if (matrix.precision() == KvPrecision.F32) {
        assertMultiplies(matrix, matrixRows, used, expected, rows, matrixRows + 3, false);
        assertMultiplies(matrix, matrixRows, used, expected, rows, matrixRows + 3, true);
      }
    }
  }

  private void assertWidens(TileMatrix matrix, int rows, int used, float[] expected) {
    float[] wide = new float[rows * matrix.columns()];
    kernels.widen(matrix, rows, wide, 0);
    float worst = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < used; column++) {
        int i = row * matrix.columns() + column;
        worst = Math.max(worst, Math.abs(wide[i] - expected[i]));
      }
    }
    float tolerance = matrix.precision().isQuantised() ? WIDENING_TOLERANCE : 0;
    assertThat(worst).isLessThanOrEqualTo(tolerance);
  }

  private void assertMultiplies(
      TileMatrix b, int depth, int used, float[] wide, int rows, int aStride, boolean add) {
    if (!kernels.multiplies(b, rows, depth)) {
      return;
    }
    int columns = b.columns();
    float[] a = gaussian.next(1, rows + RowBlock.PADDING + 1, aStride).data();
    int cStride = columns + 5;
    float[] c = gaussian.next(1, rows + RowBlock.PADDING + 1, cStride).data();
    float[] scratch = ScratchMemory.allocate(Kernels.SCRATCH_LENGTH);
    Arrays.fill(scratch, Float.NaN);
    float[] before = c.clone();
    double worst = 0;
    int firstRow = depth / 3;
    int count = depth - firstRow;
    kernels.multiply(rows, columns, count, a, 2, aStride, b, firstRow, c, 3, cStride, add, scratch);
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < used; j++) {
        double sum = add ? before[3 + row * cStride + j] : 0;
        double size = Math.abs(sum) + 1e-6;
        for (int k = firstRow; k < depth; k++) {
          double product = (double) a[2 + row * aStride + k - firstRow] * wide[k * columns + j];
          sum += product;
          size +=
              b.precision().isQuantised()
                  ? Math.abs(a[2 + row * aStride + k - firstRow]) * largest(wide, k * columns, used)
                  : Math.abs(product);
        }
        worst = Math.max(worst, Math.abs(c[3 + row * cStride + j] - sum) / size);
      }
    }
    assertThat(worst)
        .as("%s, %d rows, depth %d, %d columns", b.precision(), rows, depth, columns)
        .isLessThan(SUM_TOLERANCE);
  }

  private static float largest(float[] numbers, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(numbers[i]));
    }
    return largest;
  }

  /** Each of the 254 numbers at a place of its own, multiplied by 1 and added to zeros. */
  @Test
  void everyFloat8IsDecodedExactly() {
    float[] numbers = new float[256];
    for (int code = 0; code < 256; code++) {
      float number = Float8.toFloat((byte) code);
      numbers[code] = Float.isNaN(number) ? 0 : number;
    }
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 64, 64, KvPrecision.FP8, 4));
    cache.append(HeadTensor.of(numbers, 1, 4, 64), HeadTensor.of(numbers, 1, 4, 64));
    KvTile tile = new KvTile();
    cache.tile(0, 0, tile);
    float[] scratch = ScratchMemory.allocate(Kernels.SCRATCH_LENGTH);
    for (int rows : new int[] {1, 4}) {
      for (int position = 0; position < 4; position++) {
        if (!kernels.multiplies(tile.values(0), rows, 4)) {
          continue;
        }
        float[] a = new float[8 * RowBlock.FEW_ROWS_STRIDE];
        for (int row = 0; row < rows; row++) {
          a[row * RowBlock.FEW_ROWS_STRIDE + position] = 1;
        }
        float[] c = new float[8 * 64];
        kernels.multiply(
            rows,
            64,
            4,
            a,
            0,
            RowBlock.FEW_ROWS_STRIDE,
            tile.values(0),
            0,
            c,
            0,
            64,
            false,
            scratch);
        for (int row = 0; row < rows; row++) {
          for (int column = 0; column < 64; column++) {
            assertThat(c[row * 64 + column]).isEqualTo(numbers[position * 64 + column] + 0f);
          }
        }
      }
    }
    float[] wide = new float[4 * 64];
    kernels.widen(tile.values(0), 4, wide, 0);
    assertThat(wide).isEqualTo(numbers);
  }

  @Test
  void wideningKeepsTheNanOfFloat8() {
    float[] special = {Float.NaN, -Float.NaN, 448, -448, Float.POSITIVE_INFINITY, -0.0f};
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 6, 6, KvPrecision.FP8, 1));
    cache.append(HeadTensor.of(special, 1, 1, 6), HeadTensor.of(special, 1, 1, 6));
    KvTile tile = new KvTile();
    cache.tile(0, 0, tile);
    float[] wide = new float[64 * 64];
    kernels.widen(tile.values(0), 1, wide, 0);
    assertThat(Arrays.copyOf(wide, 6)).containsExactly(Float.NaN, Float.NaN, 448, -448, 448, -0.0f);
  }

  @Test
  void wideningKeepsInfinityAndNan() {
    float[] special = {
      Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 65504, 6e-8f, -0.0f
    };
    for (KvPrecision precision : new KvPrecision[] {KvPrecision.F16, KvPrecision.BF16}) {
      TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 6, 6, precision, 1));
      cache.append(HeadTensor.of(special, 1, 1, 6), HeadTensor.of(special, 1, 1, 6));
      KvTile tile = new KvTile();
      cache.tile(0, 0, tile);
      float[] wide = new float[64 * 16];
      kernels.widen(tile.values(0), 1, wide, 0);
      float[] expected = new float[6];
      cache.readValue(0, 0, expected);
      assertThat(Arrays.copyOf(wide, 6)).isEqualTo(expected);
      assertThat(wide[0]).isEqualTo(Float.POSITIVE_INFINITY);
      assertThat(wide[2]).isNaN();
    }
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void twinsAgree(KvFormat precision) {
    Assumptions.assumeFalse(
        kernels instanceof ScalarKernels, "only the scalar kernels can be had in this JVM");
    for (int tokens : new int[] {1, 90}) {
      HeadTensor keys = gaussian.next(2, 300, 64);
      HeadTensor values = gaussian.next(2, 300, 96);
      HeadTensor queries = gaussian.next(14, tokens, 64);
      float[] panama = attend(kernels, precision, keys, values, queries);
      float[] scalar = attend(new ScalarKernels(), precision, keys, values, queries);
      assertThat(OutputError.between(scalar, panama).relativeL2()).isLessThan(TWINS_TOLERANCE);
    }
  }

  private static float[] attend(
      Kernels kernels, KvFormat precision, HeadTensor keys, HeadTensor values, HeadTensor queries) {
    HeadTensor output = HeadTensor.zeros(14, queries.tokens(), 96);
    Attention attention =
        new Attention(new AttentionShape(14, 2, 64, 96), AttentionMask.causalWindow(200, 4));
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1, kernels)) {
      KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 64, 96, precision, 300));
      cache.append(keys, values);
      engine.attend(attention, queries, cache, output);
    }
    return output.data();
  }

  @Test
  void scalesAnyCount() {
    float[] from = gaussian.next(1, 1, 100).data();
    for (int count = 0; count < 70; count++) {
      float[] to = new float[90];
      kernels.scale(count, -3, from, 7, to, 5);
      float[] expected = new float[90];
      for (int i = 0; i < count; i++) {
        expected[5 + i] = -3 * from[7 + i];
      }
      assertThat(to).isEqualTo(expected);
    }
  }

  @Test
  void calibrationLoopsDoWhatTheyCount() {
    CalibrationKernels calibration = new CalibrationKernels();
    CalibrationKernels.MultiplyAdds none = calibration.multiplyAdds(0);
    CalibrationKernels.MultiplyAdds some = calibration.multiplyAdds(1_000);
    assertThat(none.operations()).isZero();
    assertThat(some.operations()).isPositive().isEqualTo(1_000L * kernels.operationsPerRound());
    // Every chain goes from its start to the fixed point 1: their sum counts chains times lanes.
    assertThat(some.value()).isEqualTo(kernels.operationsPerRound() / 2f);
    assertThat(none.value()).isGreaterThan(some.value());
    assertThat(calibration.detail()).isEqualTo(kernels.detail());
  }

  @Test
  void sumsAnyRange() {
    float[] data = new float[300];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    CalibrationKernels calibration = new CalibrationKernels();
    for (int from : new int[] {0, 1, 13}) {
      for (int to = from; to <= 300; to++) {
        float expected = (to * (to - 1) - from * (from - 1)) / 2f;
        assertThat(calibration.sum(data, from, to)).isEqualTo(expected);
      }
    }
  }
}
