package io.headroom.kvcache.tiled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.kvcache.Bfloat16;
import io.headroom.kvcache.CountedEncoding;
import io.headroom.kvcache.Float16;
import io.headroom.kvcache.Float8;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvCapacityException;
import io.headroom.kvcache.KvEncoding;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TiledKvCacheTest {
  private static final int[] DIMS = {1, 7, 40, 64, 80, 96, 128, 256};
  private static final int[] LENGTHS = {1, 2, 31, 63, 64, 65, 127, 128, 130, 200};

  /** Restoring {@code shift + scale * code} in float32 rounds twice. */
  private static final double RESTORING_ERROR = 0x1p-22;

  private final GaussianTensors gaussian = new GaussianTensors(11);

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void whatIsAppendedCanBeRead(KvFormat precision) {
    for (int i = 0; i < DIMS.length; i++) {
      int keyDim = DIMS[i];
      int valueDim = DIMS[(i + 3) % DIMS.length];
      for (int length : LENGTHS) {
        HeadTensor keys = gaussian.next(2, length, keyDim);
        HeadTensor values = gaussian.next(2, length, valueDim);
        TiledKvCache cache =
            new TiledKvCache(KvCacheSpec.contiguous(2, keyDim, valueDim, precision, length));
        appendInPieces(cache, keys, values);
        assertThat(cache.length()).isEqualTo(length);
        assertHolds(cache, keys, values);
      }
    }
  }

  /** One, two, three... positions at a time. */
  private static void appendInPieces(TiledKvCache cache, HeadTensor keys, HeadTensor values) {
    int from = 0;
    for (int piece = 1; from < keys.tokens(); piece++) {
      int to = Math.min(keys.tokens(), from + piece);
      cache.append(keys.tokens(from, to), values.tokens(from, to));
      from = to;
    }
  }

  private static void assertHolds(TiledKvCache cache, HeadTensor keys, HeadTensor values) {
    float[] key = new float[keys.dim()];
    float[] value = new float[values.dim()];
    for (int head = 0; head < keys.heads(); head++) {
      for (int position = 0; position < cache.length(); position++) {
        if (!cache.isKept(position)) {
          continue;
        }
        cache.readKey(head, position, key);
        cache.readValue(head, position, value);
        int tile = position / 64 * 64;
        for (int channel = 0; channel < key.length; channel++) {
          double bound = keyErrorBound(cache, keys, head, tile, channel);
          float expected = keys.data()[keys.row(head, position) + channel];
          assertNear(
              cache, cache.spec().precision().key(), position, key[channel], expected, bound);
        }
        for (int channel = 0; channel < value.length; channel++) {
          double bound = valueErrorBound(cache, values, head, position, channel);
          float expected = values.data()[values.row(head, position) + channel];
          assertNear(
              cache, cache.spec().precision().value(), position, value[channel], expected, bound);
        }
      }
    }
  }

  private static void assertNear(
      TiledKvCache cache,
      KvEncoding encoding,
      int position,
      float actual,
      float expected,
      double quantisationBound) {
    boolean complete = position / 64 < cache.length() / 64;
    switch ((KvPrecision) encoding) {
      case F32 -> assertThat(actual).isEqualTo(expected);
      case F16 -> assertThat(actual).isEqualTo(Float16.toFloat(Float16.fromFloat(expected)));
      case BF16 -> assertThat(actual).isEqualTo(Bfloat16.toFloat(Bfloat16.fromFloat(expected)));
      case FP8 -> assertThat(actual).isEqualTo(Float8.toFloat(Float8.fromFloat(expected)));
      case INT8, INT4 ->
          assertThat(Math.abs((double) actual - expected))
              .as("position %d of %d, %s for %s", position, cache.length(), actual, expected)
              .isLessThanOrEqualTo(complete ? quantisationBound : 0);
    }
  }

  private static double keyErrorBound(
      TiledKvCache cache, HeadTensor keys, int head, int tile, int channel) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int position = tile; position < Math.min(tile + 64, keys.tokens()); position++) {
      double number = keys.data()[keys.row(head, position) + channel];
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    }
    return errorBound(cache.spec().precision().key(), least, greatest);
  }

  private static double valueErrorBound(
      TiledKvCache cache, HeadTensor values, int head, int position, int channel) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    int group = channel / 64 * 64;
    for (int i = group; i < Math.min(group + 64, values.dim()); i++) {
      double number = values.data()[values.row(head, position) + i];
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    }
    return errorBound(cache.spec().precision().value(), least, greatest);
  }

  /**
   * Half a scale, where the shift may lie off by 2^-7 of its size and the scale is rounded up by
   * that much.
   */
  private static double errorBound(KvEncoding precision, double least, double greatest) {
    double size = Math.max(Math.abs(least), Math.abs(greatest));
    double steps = precision == KvPrecision.INT8 ? 254 : 15;
    double scale = (greatest - least + 2 * size * 0x1p-7) / steps * (1 + 0x1p-7) + 0x1p-132;
    return scale / 2 + size * RESTORING_ERROR;
  }

  @ParameterizedTest
  @EnumSource(
      value = KvPrecision.class,
      names = {"INT8", "INT4"})
  void errorIsAtMostHalfTheStoredScale(KvPrecision precision) {
    Random random = new Random(17);
    for (int round = 0; round < 2_000; round++) {
      int count = 1 + random.nextInt(64);
      float spread = (float) Math.pow(2, random.nextInt(200) - 110);
      float centre = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(200) - 110));
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = (float) random.nextGaussian() * spread + centre;
      }
      KvTile tile = quantised(precision, numbers);
      float scale = TileMatrix.scale(tile.keys().words()[tile.keys().scalesOffset()]);
      for (int i = 0; i < 64; i++) {
        float number = numbers[i % count];
        double bound = scale / 2.0 + largest(numbers) * RESTORING_ERROR;
        assertThat(Math.abs((double) tile.key(i, 0) - number)).isLessThanOrEqualTo(bound);
      }
    }
  }

  /** The second of two tiles, with one channel whose keys are the numbers, over and over. */
  private static KvTile quantised(KvPrecision precision, float[] numbers) {
    FloatTiles source = new FloatTiles(new TileLayout(KvPrecision.F32, 1, 1), 1);
    for (int position = 0; position < 64; position++) {
      source.putKeys(0, position, 1, numbers, position % numbers.length, 0);
      source.putValue(0, position, numbers, position % numbers.length);
    }
    QuantisedTiles tiles = new QuantisedTiles(new TileLayout(precision, 1, 1), 2);
    tiles.quantise(1, source);
    KvTile tile = new KvTile();
    tiles.show(1, tile);
    return tile;
  }

  private static double largest(float[] numbers) {
    double largest = 0;
    for (float number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    return largest;
  }

  @ParameterizedTest
  @EnumSource(
      value = KvPrecision.class,
      names = {"INT8", "INT4"})
  void constantGroupsAreExactWhereBfloat16Is(KvPrecision precision) {
    for (float constant : new float[] {0, 1, -3.5f, 0x1p96f, -0x1p96f, 0x1p-133f}) {
      KvTile tile = quantised(precision, new float[] {constant});
      for (int i = 0; i < 64; i++) {
        assertThat(tile.key(i, 0)).isEqualTo(constant);
        assertThat(tile.value(i, 0)).isEqualTo(constant);
      }
    }
  }

  @Test
  void integerPrecisionsRejectWhatTheyCannotHold() {
    for (KvPrecision precision : new KvPrecision[] {KvPrecision.INT8, KvPrecision.INT4}) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1e38f}) {
        TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(2, 4, 4, precision, 100));
        HeadTensor keys = gaussian.next(2, 3, 4);
        HeadTensor values = gaussian.next(2, 3, 4);
        values.data()[values.row(1, 2) + 3] = bad;
        assertThatThrownBy(() -> cache.append(keys, values))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "%s cannot hold the value of head 1, token 2, channel 3, its numbers must be finite and at most 7.9228163E28: %s",
                precision.label(), bad);
        assertThat(cache.length()).isZero();
      }
    }
  }

  @Test
  void floatPrecisionsKeepInfinityAndNan() {
    for (KvPrecision precision :
        new KvPrecision[] {KvPrecision.F32, KvPrecision.F16, KvPrecision.BF16}) {
      TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 3, 2, precision, 10));
      float[] key = {Float.NaN, Float.NEGATIVE_INFINITY, 1};
      cache.append(
          HeadTensor.of(new float[] {1, 2, 3}, 1, 1, 3), HeadTensor.of(new float[2], 1, 1, 2));
      assertThat(cache.isFinite()).isTrue();
      cache.append(HeadTensor.of(key, 1, 1, 3), HeadTensor.of(new float[2], 1, 1, 2));
      assertThat(cache.isFinite()).isFalse();
      float[] read = new float[3];
      cache.readKey(0, 1, read);
      assertThat(read).containsExactly(key);
      cache.truncate(0);
      assertThat(cache.isFinite()).isTrue();
    }
  }

  @Test
  void float16OverflowIsInfinityAndNoted() {
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 1, 1, KvPrecision.F16, 4));
    cache.append(one(65519), one(1));
    assertThat(cache.isFinite()).isTrue();
    cache.append(one(1), one(-65520));
    assertThat(cache.isFinite()).isFalse();
    float[] read = new float[1];
    cache.readValue(0, 1, read);
    assertThat(read).containsExactly(Float.NEGATIVE_INFINITY);
  }

  @Test
  void float8SaturatesAndKeepsNan() {
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 1, 1, KvPrecision.FP8, 4));
    cache.append(one(448), one(-1e30f));
    assertThat(cache.isFinite()).isTrue();
    cache.append(one(Float.NEGATIVE_INFINITY), one(Float.NaN));
    assertThat(cache.isFinite()).isFalse();
    float[] read = new float[1];
    cache.readValue(0, 0, read);
    assertThat(read).containsExactly(-448);
    cache.readKey(0, 1, read);
    assertThat(read).containsExactly(-448);
    cache.readValue(0, 1, read);
    assertThat(read).containsExactly(Float.NaN);
  }

  /** Keys and values in arrays of their own, each with what its precision adds. */
  @Test
  void bytesOfKeysAndValuesApartAreThoseOfBoth() {
    int values = 256 * 128;
    int recentHalf = 64 * 128 * 4 + 2 * ALIGNMENT;
    KvFormat format = KvFormat.of(KvPrecision.INT8, KvPrecision.INT4);
    assertThat(allocated(format)).isEqualTo((long) (values * 13.0 / 8) + 2L * recentHalf);
    assertThat(allocated(KvFormat.of(KvPrecision.BF16, KvPrecision.INT8)))
        .isEqualTo(2L * values + ALIGNMENT + (long) (values * 8.5 / 8) + recentHalf);
  }

  @Test
  void refusesWhatIsOnlyCounted() {
    KvCacheSpec spec = KvCacheSpec.contiguous(1, 32, 32, CountedEncoding.Q8_0, 4);
    assertThat(TiledKvCache.unsupported(spec))
        .contains(
            "q8_0 is counted, not computed on; engines here keep f32, f16, bf16, fp8, int8, int4");
    assertThatThrownBy(() -> new TiledKvCache(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tiles keep f32, f16, bf16, fp8, int8, int4: q8_0");
  }

  private static HeadTensor one(float number) {
    return HeadTensor.of(new float[] {number}, 1, 1, 1);
  }

  /** Bytes before the first tile of an array. */
  private static final int ALIGNMENT = 48;

  @Test
  void bytesAreThoseOfTheArrays() {
    int dim = 128;
    int values = 256 * dim;
    assertThat(allocated(KvPrecision.F32)).isEqualTo(2L * values * 4 + ALIGNMENT);
    assertThat(allocated(KvPrecision.F16)).isEqualTo(2L * values * 2 + ALIGNMENT);
    assertThat(allocated(KvPrecision.BF16)).isEqualTo(2L * values * 2 + ALIGNMENT);
    assertThat(allocated(KvPrecision.FP8)).isEqualTo(2L * values + ALIGNMENT);
    int recentTile = 2 * 64 * dim * 4 + 2 * ALIGNMENT;
    assertThat(allocated(KvPrecision.INT8)).isEqualTo((long) (2 * values * 8.5 / 8) + recentTile);
    assertThat(allocated(KvPrecision.INT4)).isEqualTo((long) (2 * values * 4.5 / 8) + recentTile);
  }

  private static long allocated(KvFormat precision) {
    return new TiledKvCache(KvCacheSpec.contiguous(1, 128, 128, precision, 256)).allocatedBytes();
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void allocatedBytesCoverTheExactBytes(KvFormat precision) {
    for (int dim : DIMS) {
      for (int capacity : LENGTHS) {
        for (int window : new int[] {0, 1, 63, 100}) {
          int sinks = window == 0 ? 0 : 4;
          KvCacheSpec spec = new KvCacheSpec(2, dim, dim, precision, capacity, window, sinks, 0);
          assertThat(new TiledKvCache(spec).allocatedBytes())
              .isGreaterThanOrEqualTo(spec.bytes(capacity));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KvPrecision.class)
  void aRingKeepsWindowSinksAndSlack(KvPrecision precision) {
    int total = 700;
    HeadTensor keys = gaussian.next(2, total, 8);
    HeadTensor values = gaussian.next(2, total, 20);
    for (int window : new int[] {1, 2, 63, 64, 65, 66, 130}) {
      for (int sinks : new int[] {0, 4, 64, 65}) {
        for (int slack : new int[] {0, 1, 70}) {
          for (int piece : new int[] {1, 50, 64, 200, 699}) {
            TiledKvCache ring =
                new TiledKvCache(new KvCacheSpec(2, 8, 20, precision, total, window, sinks, slack));
            for (int from = 0; from < total; from += piece) {
              int to = Math.min(total, from + piece);
              ring.append(keys.tokens(from, to), values.tokens(from, to));
              assertKeeps(ring, window + slack, sinks);
            }
            assertThat(ring.isKept(total)).isFalse();
          }
        }
      }
    }
  }

  private static void assertKeeps(TiledKvCache ring, int recent, int sinks) {
    int length = ring.length();
    assertThat(ring.keeps(Math.max(0, length - recent), length)).isTrue();
    assertThat(ring.keeps(0, Math.min(sinks, length))).isTrue();
    int kept = 0;
    for (int position = 0; position < length; position++) {
      kept += ring.isKept(position) ? 1 : 0;
    }
    int inTiles = 0;
    KvTile tile = new KvTile();
    for (int i = 0; i < ring.tiles(); i++) {
      ring.tile(1, i, tile);
      assertThat(tile.firstPosition()).isEqualTo(ring.firstPosition(i));
      assertThat(ring.keeps(tile.firstPosition(), tile.firstPosition() + tile.length())).isTrue();
      inTiles += tile.length();
    }
    assertThat(inTiles).isEqualTo(kept);
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void aRingHoldsWhatAContiguousCacheHolds(KvFormat precision) {
    int total = 500;
    HeadTensor keys = gaussian.next(2, total, 7);
    HeadTensor values = gaussian.next(2, total, 40);
    TiledKvCache all = new TiledKvCache(KvCacheSpec.contiguous(2, 7, 40, precision, total));
    TiledKvCache ring = new TiledKvCache(new KvCacheSpec(2, 7, 40, precision, total, 90, 5, 10));
    assertThat(ring.allocatedBytes()).isLessThan(all.allocatedBytes());
    for (int from = 0; from < total; from += 37) {
      int to = Math.min(total, from + 37);
      all.append(keys.tokens(from, to), values.tokens(from, to));
      ring.append(keys.tokens(from, to), values.tokens(from, to));
      assertSameWhereKept(ring, all);
    }
    assertThat(ring.isKept(200)).isFalse();
    assertThatThrownBy(() -> ring.readKey(0, 200, new float[7]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("position 200 is not kept; the cache has seen 500");
  }

  private static void assertSameWhereKept(TiledKvCache ring, TiledKvCache all) {
    float[] expected = new float[64];
    float[] actual = new float[64];
    for (int position = 0; position < ring.length(); position++) {
      if (ring.isKept(position)) {
        ring.readKey(1, position, actual);
        all.readKey(1, position, expected);
        assertThat(actual).isEqualTo(expected);
        ring.readValue(1, position, actual);
        all.readValue(1, position, expected);
        assertThat(actual).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void truncatedPositionsAreReplaced(KvFormat precision) {
    HeadTensor keys = gaussian.next(2, 200, 5);
    HeadTensor values = gaussian.next(2, 200, 17);
    for (int keep : new int[] {0, 1, 63, 64, 65, 100, 128, 129, 199, 200}) {
      TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(2, 5, 17, precision, 200));
      cache.append(gaussian.next(2, 200, 5), gaussian.next(2, 200, 17));
      cache.truncate(0);
      cache.append(keys, values);
      float[] before = new float[5];
      float[] after = new float[5];
      if (keep > 0) {
        cache.readKey(1, keep - 1, before);
      }
      cache.truncate(keep);
      assertThat(cache.length()).isEqualTo(keep);
      if (keep > 0) {
        cache.readKey(1, keep - 1, after);
        assertThat(after).isEqualTo(before);
      }
      cache.append(keys.tokens(keep, 200), values.tokens(keep, 200));
      assertThat(cache.length()).isEqualTo(200);
      if (precision.groupTokens() == 1 || keep % 64 == 0 || keep > 192) {
        assertHolds(cache, keys, values);
      }
    }
  }

  @Test
  void aTileThatIsOpenedAgainIsQuantisedOnceMoreWithinTwoErrors() {
    HeadTensor keys = gaussian.next(1, 64, 6);
    HeadTensor values = gaussian.next(1, 64, 6);
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 6, 6, KvPrecision.INT8, 64));
    cache.append(keys, values);
    cache.truncate(40);
    KvTile tile = new KvTile();
    cache.tile(0, 0, tile);
    assertThat(tile.keys().precision()).isEqualTo(KvPrecision.F32);
    cache.append(keys.tokens(40, 64), values.tokens(40, 64));
    cache.tile(0, 0, tile);
    assertThat(tile.keys().precision()).isEqualTo(KvPrecision.INT8);
    float[] key = new float[6];
    for (int position = 0; position < 64; position++) {
      cache.readKey(0, position, key);
      for (int channel = 0; channel < 6; channel++) {
        double bound = 2 * keyErrorBound(cache, keys, 0, 0, channel);
        assertThat((double) key[channel] - keys.data()[keys.row(0, position) + channel])
            .isBetween(-bound, bound);
      }
    }
  }

  @Test
  void aRingIsTruncatedAsFarAsItHoldsTheWindow() {
    KvCacheSpec spec = new KvCacheSpec(1, 3, 3, KvPrecision.F32, 1000, 100, 4, 30);
    TiledKvCache cache = new TiledKvCache(spec);
    cache.append(gaussian.next(1, 900, 3), gaussian.next(1, 900, 3));
    cache.truncate(870);
    assertThat(cache.keeps(770, 870)).isTrue();
    assertThatThrownBy(() -> cache.truncate(500))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the cache no longer holds the window before position 500: the oldest it keeps is 704");
    assertThatThrownBy(() -> cache.truncate(871))
        .hasMessage("length must be between 0 and 870: 871");
    assertThatThrownBy(() -> cache.truncate(-1)).hasMessage("length must be between 0 and 870: -1");
    cache.truncate(50);
    assertThat(cache.keeps(0, 50)).isTrue();
    cache.truncate(0);
    assertThat(cache.tiles()).isZero();
    cache.append(gaussian.next(1, 300, 3), gaussian.next(1, 300, 3));
    assertThat(cache.keeps(200, 300)).isTrue();
  }

  @Test
  void refusesMoreThanItsCapacity() {
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(1, 2, 2, KvPrecision.F32, 10));
    cache.append(gaussian.next(1, 8, 2), gaussian.next(1, 8, 2));
    assertThatThrownBy(() -> cache.append(gaussian.next(1, 3, 2), gaussian.next(1, 3, 2)))
        .isInstanceOf(KvCapacityException.class)
        .hasMessage("the KV cache holds 8 of at most 10 positions: 3 more do not fit");
    assertThat(cache.length()).isEqualTo(8);
  }

  @Test
  void refusesShapesThatDoNotFit() {
    TiledKvCache cache = new TiledKvCache(KvCacheSpec.contiguous(2, 4, 6, KvPrecision.F32, 10));
    assertThatThrownBy(() -> cache.append(gaussian.next(1, 1, 4), gaussian.next(2, 1, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keys of 1 heads of 4 do not fit a cache of 2 heads of 4");
    assertThatThrownBy(() -> cache.append(gaussian.next(2, 1, 4), gaussian.next(2, 1, 4)))
        .hasMessage("values of 2 heads of 4 do not fit a cache of 2 heads of 6");
    assertThatThrownBy(() -> cache.append(gaussian.next(2, 1, 4), gaussian.next(2, 2, 6)))
        .hasMessage("keys of 1 tokens and values of 2 do not fit together");
  }

  @Test
  void refusesHeadsLargerThanAnArray() {
    assertThatThrownBy(
            () ->
                new TiledKvCache(KvCacheSpec.contiguous(1, 128, 128, KvPrecision.BF16, 17_000_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("one KV head needs an array of 2176000012 elements, more than 2147483639");
  }
}
