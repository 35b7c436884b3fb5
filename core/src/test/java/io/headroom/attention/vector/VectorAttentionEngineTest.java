package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.OutputError;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.SlicePositions;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.TiledKvCache;
import io.headroom.testkit.GaussianTensors;
import io.headroom.testkit.TextbookAttention;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class VectorAttentionEngineTest {
  /** Relative L2 error of float32 arithmetic on Gaussian data. */
  private static final double FLOAT_TOLERANCE = 2e-6;

  /** Threads cut the tiles elsewhere, and sums are rounded in another order. */
  private static final double THREADS_TOLERANCE = 2e-6;

  private static final long BYTES_PER_DECODE_STEP = 1024;

  private static final int[] DIMS = {1, 7, 40, 64, 80, 96, 128, 256};
  private static final int[] LENGTHS = {1, 2, 31, 63, 64, 65, 127, 130, 200};
  private static final int[] GROUPS = {1, 2, 3, 4, 7, 8};
  private static final List<AttentionMask> MASKS =
      List.of(
          AttentionMask.CAUSAL,
          AttentionMask.FULL,
          AttentionMask.causalWindow(1, 0),
          AttentionMask.causalWindow(33, 0),
          AttentionMask.causalWindow(70, 4),
          AttentionMask.causalWindow(20, 67),
          AttentionMask.causalWindow(1000, 4),
          new AttentionMask(false, 40, 2));

  private final GaussianTensors gaussian = new GaussianTensors(7);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40, 64, 80, 96, 128, 256})
  void agreesWithTheTextbook(int dim) {
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      int turn = dim;
      for (int length : LENGTHS) {
        for (int i = 0; i < 4; i++) {
          int group = GROUPS[turn % GROUPS.length];
          AttentionMask mask = MASKS.get((turn + i * 3) % MASKS.size());
          int valueDim = turn % 3 == 0 ? DIMS[turn % DIMS.length] : dim;
          AttentionShape shape = new AttentionShape(2 * group, 2, dim, valueDim);
          assertAgrees(engine, new Attention(shape, mask), length, length, KvPrecision.F32);
          turn++;
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void agreesWithTheTextbookOnWhatTheCacheStores(KvFormat precision) {
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      for (int dim : DIMS) {
        for (int group : new int[] {1, 3, 4, 7, 8}) {
          for (int queries : new int[] {1, 2, 40}) {
            AttentionShape shape = new AttentionShape(group, 1, dim);
            Attention attention = new Attention(shape, MASKS.get((dim + queries) % 5));
            assertAgrees(engine, attention, queries, 139, precision);
          }
        }
      }
    }
  }

  private void assertAgrees(
      VectorAttentionEngine engine,
      Attention attention,
      int queryTokens,
      int length,
      KvFormat precision) {
    AttentionShape shape = attention.shape();
    HeadTensor keys = gaussian.next(shape.kvHeads(), length, shape.headDim());
    HeadTensor values = gaussian.next(shape.kvHeads(), length, shape.valueDim());
    HeadTensor queries = gaussian.next(shape.queryHeads(), queryTokens, shape.headDim());
    HeadTensor output = dirty(shape.queryHeads(), queryTokens, shape.valueDim());
    TiledKvCache cache =
        engine.newCache(
            KvCacheSpec.contiguous(
                shape.kvHeads(), shape.headDim(), shape.valueDim(), precision, length));
    cache.append(keys, values);
    engine.attend(attention, queries, cache, output);
    readBack(cache, keys, values);
    double[] expected = TextbookAttention.attend(attention, queries, keys, values);
    assertThat(OutputError.between(output.data(), expected).relativeL2())
        .as("%s, %d queries, %d positions, %s", attention, queryTokens, length, precision)
        .isLessThan(FLOAT_TOLERANCE);
  }

  private static HeadTensor dirty(int heads, int tokens, int dim) {
    HeadTensor tensor = HeadTensor.zeros(heads, tokens, dim);
    Arrays.fill(tensor.data(), Float.NaN);
    return tensor;
  }

  /** Replaces keys and values by what the cache made of them, as far as it still keeps them. */
  private static void readBack(TiledKvCache cache, HeadTensor keys, HeadTensor values) {
    float[] key = new float[keys.dim()];
    float[] value = new float[values.dim()];
    for (int head = 0; head < keys.heads(); head++) {
      for (int position = 0; position < cache.length(); position++) {
        if (cache.isKept(position)) {
          cache.readKey(head, position, key);
          cache.readValue(head, position, value);
          System.arraycopy(key, 0, keys.data(), keys.row(head, position), key.length);
          System.arraycopy(value, 0, values.data(), values.row(head, position), value.length);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void precisionCostsWhatItShould(KvFormat precision) {
    double tolerance =
        Math.max(cost((KvPrecision) precision.key()), cost((KvPrecision) precision.value()));
    AttentionShape shape = new AttentionShape(8, 2, 64);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    HeadTensor keys = gaussian.next(2, 256, 64);
    HeadTensor values = gaussian.next(2, 256, 64);
    for (int tokens : new int[] {1, 256}) {
      HeadTensor queries = gaussian.next(8, tokens, 64);
      HeadTensor output = dirty(8, tokens, 64);
      try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
        KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 64, 64, precision, 256));
        cache.append(keys, values);
        engine.attend(attention, queries, cache, output);
      }
      double[] expected = TextbookAttention.attend(attention, queries, keys, values);
      assertThat(OutputError.between(output.data(), expected).relativeL2()).isLessThan(tolerance);
    }
  }

  private static double cost(KvPrecision precision) {
    return switch (precision) {
      case F32 -> 2e-6;
      case F16 -> 1e-3;
      case BF16 -> 5e-3;
      case FP8 -> 6e-2;
      case INT8 -> 1e-2;
      case INT4 -> 0.2;
    };
  }

  @Test
  void chunkedPrefillThenDecodeEqualsOnePrefill() {
    int total = 150;
    for (AttentionMask mask : List.of(AttentionMask.CAUSAL, AttentionMask.causalWindow(40, 4))) {
      Attention attention = new Attention(new AttentionShape(6, 2, 40), mask);
      HeadTensor keys = gaussian.next(2, total, 40);
      HeadTensor values = gaussian.next(2, total, 40);
      HeadTensor queries = gaussian.next(6, total, 40);
      double[] expected = TextbookAttention.attend(attention, queries, keys, values);
      try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
        KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 40, 40, KvPrecision.F32, total));
        HeadTensor output = dirty(6, total, 40);
        int[] chunks = {50, 1, 1, 3, 64, 1, 30};
        int from = 0;
        for (int chunk : chunks) {
          int to = from + chunk;
          cache.append(keys.tokens(from, to), values.tokens(from, to));
          engine.attend(attention, queries.tokens(from, to), cache, output.tokens(from, to));
          from = to;
        }
        assertThat(from).isEqualTo(total);
        assertThat(OutputError.between(output.data(), expected).relativeL2())
            .isLessThan(FLOAT_TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void aRingGivesWhatTheWindowSees(KvFormat precision) {
    int total = 400;
    int slack = 9;
    Attention attention =
        new Attention(new AttentionShape(8, 2, 64), AttentionMask.causalWindow(70, 5));
    HeadTensor keys = gaussian.next(2, total, 64);
    HeadTensor values = gaussian.next(2, total, 64);
    HeadTensor queries = gaussian.next(8, total, 64);
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      TiledKvCache ring =
          engine.newCache(new KvCacheSpec(2, 64, 64, precision, total, 70, 5, slack));
      TiledKvCache all = engine.newCache(KvCacheSpec.contiguous(2, 64, 64, precision, total));
      for (int from = 0; from < total; from += slack + 1) {
        int to = from + slack + 1;
        HeadTensor ringOutput = dirty(8, slack + 1, 64);
        HeadTensor output = dirty(8, slack + 1, 64);
        ring.append(keys.tokens(from, to), values.tokens(from, to));
        all.append(keys.tokens(from, to), values.tokens(from, to));
        engine.attend(attention, queries.tokens(from, to), ring, ringOutput);
        engine.attend(attention, queries.tokens(from, to), all, output);
        assertThat(ringOutput.data()).isEqualTo(output.data());
      }
      HeadTensor last = dirty(8, 1, 64);
      engine.attend(attention, queries.tokens(total - 1, total), ring, last);
      readBack(all, keys, values);
      double[] expected =
          TextbookAttention.attend(attention, queries.tokens(total - 1, total), keys, values);
      assertThat(OutputError.between(last.data(), expected).relativeL2())
          .isLessThan(FLOAT_TOLERANCE);
    }
  }

  /** Cut where tiles end, so that the integer precisions store the same numbers. */
  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void slicesOfAnyPrecisionMergeToTheWhole(KvFormat precision) {
    int total = 300;
    AttentionShape shape = new AttentionShape(6, 2, 40, 72);
    for (AttentionMask mask : MASKS) {
      for (int tokens : new int[] {1, 50}) {
        Attention attention = new Attention(shape, mask);
        HeadTensor keys = gaussian.next(2, total, 40);
        HeadTensor values = gaussian.next(2, total, 72);
        HeadTensor queries = gaussian.next(6, tokens, 40);
        HeadTensor whole = dirty(6, tokens, 72);
        PartialAttention merged = PartialAttention.empty(shape, tokens);
        try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
          KvCache all = engine.newCache(KvCacheSpec.contiguous(2, 40, 72, precision, total));
          all.append(keys, values);
          engine.attend(attention, queries, all, whole);
          for (int from : new int[] {256, 0, 64}) {
            int to = from == 64 ? 256 : from == 0 ? 64 : total;
            PartialAttention partial = PartialAttention.empty(shape, tokens);
            KvCache slice =
                engine.newCache(KvCacheSpec.contiguous(2, 40, 72, precision, to - from));
            slice.append(keys.tokens(from, to), values.tokens(from, to));
            SlicePositions positions = new SlicePositions(from, total - tokens);
            engine.attendSlice(attention, queries, positions, slice, partial);
            merged.merge(partial);
          }
        }
        assertThat(OutputError.between(merged.output().data(), whole.data()).relativeL2())
            .as("%s, %d queries", mask, tokens)
            .isLessThan(FLOAT_TOLERANCE);
      }
    }
  }

  @Test
  void refusesARingThatNoLongerHoldsWhatIsSeen() {
    Attention attention =
        new Attention(new AttentionShape(1, 1, 4), AttentionMask.causalWindow(100, 0));
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      TiledKvCache ring =
          engine.newCache(new KvCacheSpec(1, 4, 4, KvPrecision.F32, 999, 100, 0, 60));
      ring.append(gaussian.next(1, 960, 4), gaussian.next(1, 960, 4));
      ring.truncate(805);
      assertThatThrownBy(
              () ->
                  engine.attend(
                      attention, gaussian.next(1, 61, 4), ring, HeadTensor.zeros(1, 61, 4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the cache no longer holds position 645 or the 0 sinks, which the first query sees");
    }
  }

  @Test
  void crossAttentionMayHaveMoreQueriesThanKeys() {
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      Attention attention = new Attention(new AttentionShape(4, 2, 24, 40), AttentionMask.FULL);
      assertAgrees(engine, attention, 90, 7, KvPrecision.F32);
      assertAgrees(engine, attention, 90, 70, KvPrecision.INT8);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0.3f, 1, 7.5f})
  void takesAnyScale(float scale) {
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      AttentionShape shape = new AttentionShape(4, 2, 16);
      for (int queries : new int[] {1, 100}) {
        HeadTensor keys = gaussian.next(2, 100, 16);
        HeadTensor values = gaussian.next(2, 100, 16);
        HeadTensor queryRows = gaussian.next(4, queries, 16);
        HeadTensor output = dirty(4, queries, 16);
        Attention attention = new Attention(shape, AttentionMask.CAUSAL, scale);
        KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 16, 16, KvPrecision.F32, 100));
        cache.append(keys, values);
        engine.attend(attention, queryRows, cache, output);
        double[] expected = TextbookAttention.attend(attention, queryRows, keys, values);
        // A score of 30 is rounded by 2e-6, and so is its exponential.
        double tolerance = FLOAT_TOLERANCE * Math.max(1, Math.abs(scale));
        assertThat(OutputError.between(output.data(), expected).relativeL2()).isLessThan(tolerance);
      }
    }
  }

  @Test
  void bigLogitsDoNotOverflow() {
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      int length = 300;
      float[] keys = new float[length];
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        keys[i] = i % 150 == 149 ? 1e30f : i * -1e27f;
        values[i] = i;
      }
      Attention attention = new Attention(new AttentionShape(1, 1, 1), AttentionMask.FULL, 1);
      KvCache cache = engine.newCache(KvCacheSpec.contiguous(1, 1, 1, KvPrecision.F32, length));
      cache.append(HeadTensor.of(keys, 1, length, 1), HeadTensor.of(values, 1, length, 1));
      HeadTensor queries = HeadTensor.of(new float[] {1, -1, 1e6f}, 1, 3, 1);
      HeadTensor output = dirty(1, 3, 1);
      engine.attend(attention, queries, cache, output);
      assertThat(output.data()).containsExactly((149 + 299) / 2f, 298, (149 + 299) / 2f);
    }
  }

  @Test
  void aNanReachesOnlyTheQueriesThatSeeIt() {
    for (KvPrecision precision :
        new KvPrecision[] {KvPrecision.F32, KvPrecision.F16, KvPrecision.BF16, KvPrecision.FP8}) {
      for (boolean inKeys : new boolean[] {true, false}) {
        HeadTensor keys = gaussian.next(1, 100, 16);
        HeadTensor values = gaussian.next(1, 100, 64);
        HeadTensor bad = inKeys ? keys : values;
        bad.data()[bad.row(0, 80) + 3] =
            inKeys || precision == KvPrecision.FP8 ? Float.NaN : Float.POSITIVE_INFINITY;
        Attention attention =
            new Attention(new AttentionShape(2, 1, 16, 64), AttentionMask.causalWindow(10, 2));
        try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
          KvCache cache = engine.newCache(KvCacheSpec.contiguous(1, 16, 64, precision, 100));
          cache.append(keys, values);
          HeadTensor output = dirty(2, 100, 64);
          engine.attend(attention, gaussian.next(2, 100, 16), cache, output);
          for (int token = 0; token < 100; token++) {
            float number = output.data()[output.row(1, token) + 3];
            boolean sees = token >= 80 && token < 90;
            assertThat(Float.isFinite(number)).as("token %d", token).isEqualTo(!sees);
          }
        }
      }
    }
  }

  @Test
  void truncatedNanIsForgotten() {
    Attention attention = new Attention(new AttentionShape(1, 1, 8), AttentionMask.CAUSAL);
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      KvCache cache = engine.newCache(KvCacheSpec.contiguous(1, 8, 8, KvPrecision.F32, 100));
      HeadTensor keys = gaussian.next(1, 70, 8);
      HeadTensor values = gaussian.next(1, 70, 8);
      Arrays.fill(keys.data(), 66 * 8, 70 * 8, Float.NaN);
      Arrays.fill(values.data(), 66 * 8, 70 * 8, Float.NaN);
      cache.append(keys, values);
      cache.truncate(66);
      HeadTensor queries = gaussian.next(1, 5, 8);
      HeadTensor output = dirty(1, 5, 8);
      engine.attend(attention, queries, cache, output);
      double[] expected =
          TextbookAttention.attend(attention, queries, keys.tokens(0, 66), values.tokens(0, 66));
      assertThat(OutputError.between(output.data(), expected).relativeL2())
          .isLessThan(FLOAT_TOLERANCE);
    }
  }

  @Test
  void threadsAgreeAndRepeatBitForBit() {
    for (int queries : new int[] {1, 3, 130}) {
      for (int kvHeads : new int[] {1, 2, 5}) {
        Attention attention =
            new Attention(
                new AttentionShape(4 * kvHeads, kvHeads, 32), AttentionMask.causalWindow(700, 3));
        HeadTensor keys = gaussian.next(kvHeads, 1000, 32);
        HeadTensor values = gaussian.next(kvHeads, 1000, 32);
        HeadTensor queryRows = gaussian.next(4 * kvHeads, queries, 32);
        double[] expected = TextbookAttention.attend(attention, queryRows, keys, values);
        for (int threads : new int[] {1, 2, 3}) {
          try (VectorAttentionEngine engine = new VectorAttentionEngine(threads)) {
            KvCache cache =
                engine.newCache(KvCacheSpec.contiguous(kvHeads, 32, 32, KvPrecision.F32, 1000));
            cache.append(keys, values);
            HeadTensor output = dirty(4 * kvHeads, queries, 32);
            HeadTensor again = dirty(4 * kvHeads, queries, 32);
            engine.attend(attention, queryRows, cache, output);
            engine.attend(attention, queryRows, cache, again);
            assertThat(again.data()).isEqualTo(output.data());
            assertThat(OutputError.between(output.data(), expected).relativeL2())
                .as("%d queries, %d KV heads, %d threads", queries, kvHeads, threads)
                .isLessThan(THREADS_TOLERANCE);
          }
        }
      }
    }
  }

  @Test
  void readsAndWritesViews() {
    Attention attention = new Attention(new AttentionShape(4, 2, 8), AttentionMask.CAUSAL);
    HeadTensor keys = gaussian.next(2, 90, 8);
    HeadTensor values = gaussian.next(2, 90, 8);
    HeadTensor queries = gaussian.next(4, 90, 8);
    double[] expected = TextbookAttention.attend(attention, queries, keys, values);
    float[] room = new float[5 + 4 * 1000];
    Arrays.fill(room, -7);
    HeadTensor output = new HeadTensor(room, 5, 4, 90, 8, 1000);
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 8, 8, KvPrecision.F32, 90));
      cache.append(keys, values);
      engine.attend(attention, queries, cache, output);
    }
    float[] dense = new float[expected.length];
    for (int head = 0; head < 4; head++) {
      System.arraycopy(room, output.row(head, 0), dense, head * 720, 720);
      Arrays.fill(room, output.row(head, 0), output.row(head, 0) + 720, -7);
    }
    assertThat(OutputError.between(dense, expected).relativeL2()).isLessThan(FLOAT_TOLERANCE);
    assertThat(room).containsOnly(-7);
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void decodeAllocatesNextToNothing(KvFormat precision) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Attention attention = new Attention(new AttentionShape(4, 1, 128), AttentionMask.CAUSAL);
    try (VectorAttentionEngine engine = new VectorAttentionEngine(1)) {
      KvCache cache = engine.newCache(KvCacheSpec.contiguous(1, 128, 128, precision, 512));
      cache.append(gaussian.next(1, 512, 128), gaussian.next(1, 512, 128));
      HeadTensor queries = gaussian.next(4, 1, 128);
      HeadTensor output = HeadTensor.zeros(4, 1, 128);
      long perStep = Long.MAX_VALUE;
      // Until the kernels are compiled their vectors are objects.
      for (int round = 0; round < 200 && perStep > BYTES_PER_DECODE_STEP; round++) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int step = 0; step < 100; step++) {
          engine.attend(attention, queries, cache, output);
        }
        perStep = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 100;
      }
      assertThat(perStep).isLessThan(BYTES_PER_DECODE_STEP);
    }
  }

  @Test
  void saysWhatItIsAndRefusesWhatItCannotRead() {
    try (VectorAttentionEngine engine = new VectorAttentionEngine(2)) {
      assertThat(engine.name()).isEqualTo("vector");
      assertThat(engine.detail()).matches("scalar|panama-(128|256|512)-fma");
      String forced = System.getProperty("headroom.kernels");
      if (forced != null) {
        assertThat(engine.detail()).startsWith(forced);
      }
      Attention attention = new Attention(new AttentionShape(1, 1, 4), AttentionMask.CAUSAL);
      KvCacheSpec spec = KvCacheSpec.contiguous(1, 4, 4, KvPrecision.INT4, 8);
      assertThat(engine.unsupported(attention, spec)).isEmpty();
      KvCache other = new ForeignCache(spec);
      assertThatThrownBy(
              () ->
                  engine.attend(
                      attention, gaussian.next(1, 1, 4), other, HeadTensor.zeros(1, 1, 4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the vector engine reads its own caches only, not a ForeignCache");
      assertThatThrownBy(
              () ->
                  engine.attend(
                      attention,
                      gaussian.next(1, 1, 4),
                      engine.newCache(spec),
                      HeadTensor.zeros(1, 1, 4)))
          .hasMessage("the cache is empty");
    }
    assertThatThrownBy(() -> new VectorAttentionEngine(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at least 1: 0");
  }

  private record ForeignCache(KvCacheSpec spec) implements KvCache {
    @Override
    public int length() {
      return 1;
    }

    @Override
    public void append(HeadTensor keys, HeadTensor values) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void truncate(int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long allocatedBytes() {
      return 0;
    }
  }
}
