package io.headroom.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvCapacityException;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import io.headroom.testkit.TextbookAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every attention engine owes its callers. The test of an engine extends it. */
public abstract class AttentionEngineContract {
  private static final long SEED = 20230522;

  /** A float32 rounding of the output for each slice that is merged. */
  private static final double MERGING_TOLERANCE = 5e-7;

  /** Of the logarithm of a sum of weights, whose scores in float32 are up to about 10. */
  private static final double SCORE_TOLERANCE = 1e-5;

  private AttentionEngine engine;

  protected abstract AttentionEngine engine(int threads);

  /** The relative L2 error that float32 data may show. */
  protected abstract double tolerance();

  @BeforeEach
  void openEngine() {
    engine = engine(1);
  }

  @AfterEach
  void closeEngine() {
    engine.close();
  }

  @Test
  void givesWhatWasComputedByHand() {
    // Scale 1. Keys (1, 0) and (0, 1), values (4, 0) and (0, 8), two query heads on one KV head.
    // Token 0 sees one key alone: (4, 0) for both heads.
    // Token 1, head 0: scores (ln 3, 0), weights (3/4, 1/4), so (3/4 * 4, 1/4 * 8) = (3, 2).
    // Token 1, head 1: scores (0, ln 3), weights (1/4, 3/4), so (1/4 * 4, 3/4 * 8) = (1, 6).
    float ln3 = (float) Math.log(3);
    HeadTensor queries = HeadTensor.of(new float[] {5, -7, ln3, 0, 2, 9, 0, ln3}, 2, 2, 2);
    HeadTensor keys = HeadTensor.of(new float[] {1, 0, 0, 1}, 1, 2, 2);
    HeadTensor values = HeadTensor.of(new float[] {4, 0, 0, 8}, 1, 2, 2);
    Attention attention = new Attention(new AttentionShape(2, 1, 2), AttentionMask.CAUSAL, 1);

    HeadTensor output = attend(attention, queries, keys, values);

    assertClose(output, HeadTensor.of(new float[] {4, 0, 3, 2, 4, 0, 1, 6}, 2, 2, 2));
  }

  static Stream<Arguments> masks() {
    return Stream.of(
            AttentionMask.FULL,
            AttentionMask.CAUSAL,
            AttentionMask.causalWindow(1, 0),
            AttentionMask.causalWindow(16, 0),
            AttentionMask.causalWindow(16, 4),
            AttentionMask.causalWindow(5, 40),
            new AttentionMask(false, 16, 0),
            new AttentionMask(false, 7, 3))
        .flatMap(
            mask -> Stream.of(1, 2, 3, 5, 31, 33, 64, 65, 207).map(n -> Arguments.of(mask, n)));
  }

  @ParameterizedTest
  @MethodSource("masks")
  void prefillIsRightAtAwkwardLengths(AttentionMask mask, int tokens) {
    assertRight(new Attention(new AttentionShape(6, 2, 16), mask), tokens, tokens);
  }

  @ParameterizedTest
  @MethodSource("masks")
  void lastQueriesAreRightAtAwkwardLengths(AttentionMask mask, int keys) {
    assertRight(new Attention(new AttentionShape(6, 2, 16), mask), Math.min(keys, 5), keys);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 40, 64, 80, 96, 128, 256})
  void headDimsAreFree(int headDim) {
    assertRight(new Attention(new AttentionShape(4, 2, headDim), AttentionMask.CAUSAL), 37, 37);
  }

  @ParameterizedTest
  @CsvSource({"64, 1", "1, 64", "192, 128", "7, 40", "40, 7"})
  void valueDimMayDiffer(int headDim, int valueDim) {
    AttentionShape shape = new AttentionShape(6, 3, headDim, valueDim);
    assertRight(new Attention(shape, AttentionMask.CAUSAL), 37, 37);
    assertRight(new Attention(shape, AttentionMask.FULL), 1, 37);
  }

  @ParameterizedTest
  @CsvSource({"9, 77", "77, 9", "40, 1", "1, 40"})
  void crossAttentionTakesAnyNumbersOfQueriesAndKeys(int queries, int keys) {
    assertRight(new Attention(new AttentionShape(4, 2, 32), AttentionMask.FULL), queries, keys);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 12})
  void queryHeadsReadTheKvHeadOfTheirGroup(int kvHeads) {
    AttentionShape shape = new AttentionShape(12, kvHeads, 24);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 33, 33);
    HeadTensor grouped = attend(attention, sample);

    Attention single = new Attention(new AttentionShape(1, 1, 24), AttentionMask.CAUSAL);
    for (int head = 0; head < 12; head++) {
      int kvHead = head / (12 / kvHeads);
      HeadTensor alone =
          attend(
              single,
              heads(sample.queries, head),
              heads(sample.keys, kvHead),
              heads(sample.values, kvHead));
      assertClose(heads(grouped, head), alone);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 12})
  void groupedHeadsEqualRepeatedHeads(int kvHeads) {
    AttentionShape shape = new AttentionShape(12, kvHeads, 24);
    Sample sample = Sample.of(shape, 33, 33);
    int[] repeated = new int[12];
    Arrays.setAll(repeated, head -> head / shape.groupSize());

    HeadTensor multiHead =
        attend(
            new Attention(new AttentionShape(12, 12, 24), AttentionMask.CAUSAL),
            sample.queries,
            heads(sample.keys, repeated),
            heads(sample.values, repeated));

    assertClose(attend(new Attention(shape, AttentionMask.CAUSAL), sample), multiHead);
  }

  @Test
  void permutedHeadsGivePermutedOutputs() {
    AttentionShape shape = new AttentionShape(6, 3, 24);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 33, 33);
    int[] kvOrder = {2, 0, 1};
    int[] queryOrder = {5, 4, 0, 1, 3, 2};

    HeadTensor permuted =
        attend(
            attention,
            heads(sample.queries, queryOrder),
            heads(sample.keys, kvOrder),
            heads(sample.values, kvOrder));

    assertClose(permuted, heads(attend(attention, sample), queryOrder));
  }

  @Test
  void withoutMaskTheOrderOfPositionsDoesNotMatter() {
    AttentionShape shape = new AttentionShape(6, 3, 24);
    Attention attention = new Attention(shape, AttentionMask.FULL);
    Sample sample = Sample.of(shape, 5, 100);

    // 37 and 100 share no factor, so this is a permutation.
    HeadTensor keys = HeadTensor.zeros(3, 100, 24);
    HeadTensor values = HeadTensor.zeros(3, 100, 24);
    for (int token = 0; token < 100; token++) {
      copyToken(sample.keys, token, keys, token * 37 % 100);
      copyToken(sample.values, token, values, token * 37 % 100);
    }

    assertClose(attend(attention, sample.queries, keys, values), attend(attention, sample));
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 66, 1000, Integer.MAX_VALUE})
  void windowAsLongAsTheSequenceHidesNothing(int window) {
    AttentionShape shape = new AttentionShape(4, 2, 24);
    Sample sample = Sample.of(shape, 65, 65);
    HeadTensor unbounded = attend(new Attention(shape, AttentionMask.CAUSAL), sample);

    for (int sinks : new int[] {0, 4}) {
      AttentionMask mask = AttentionMask.causalWindow(window, sinks);
      assertClose(attend(new Attention(shape, mask), sample), unbounded);
    }
  }

  static Stream<AttentionMask> decodeMasks() {
    return Stream.of(
        AttentionMask.CAUSAL,
        AttentionMask.causalWindow(8, 0),
        AttentionMask.causalWindow(8, 3),
        AttentionMask.causalWindow(1, 1));
  }

  @ParameterizedTest
  @MethodSource("decodeMasks")
  void decodeWithCacheEqualsPrefill(AttentionMask mask) {
    assertChunksEqualPrefill(mask, 1, contiguous(2, 16, 70));
  }

  @ParameterizedTest
  @MethodSource("decodeMasks")
  void chunkedPrefillEqualsPrefill(AttentionMask mask) {
    for (int chunk : new int[] {4, 13, 64}) {
      assertChunksEqualPrefill(mask, chunk, contiguous(2, 16, 70));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "4, 3", "13, 12", "5, 30"})
  void windowedCacheEqualsOneThatKeepsAll(int chunk, int slack) {
    for (int sinks : new int[] {0, 3}) {
      KvCacheSpec spec = new KvCacheSpec(2, 16, 16, KvPrecision.F32, 70, 8, sinks, slack);
      assertChunksEqualPrefill(AttentionMask.causalWindow(8, sinks), chunk, spec);
    }
  }

  @Test
  void truncatedPositionsAreForgotten() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 50, 50);
    HeadTensor wrong = new GaussianTensors(SEED + 1).next(2, 13, 16);
    HeadTensor output = HeadTensor.zeros(4, 50, 16);

    try (KvCache cache = engine.newCache(contiguous(2, 16, 50))) {
      cache.append(sample.keys.tokens(0, 21), sample.values.tokens(0, 21));
      cache.append(wrong, wrong);
      cache.truncate(21);
      assertThat(cache.length()).isEqualTo(21);
      cache.append(sample.keys.tokens(21, 50), sample.values.tokens(21, 50));
      engine.attend(attention, sample.queries, cache, output);
      assertClose(output, expected(attention, sample));

      cache.truncate(0);
      assertThat(cache.length()).isZero();
      cache.append(sample.keys, sample.values);
      engine.attend(attention, sample.queries, cache, output);
      assertClose(output, expected(attention, sample));
    }
  }

  @Test
  void scaleZeroGivesTheMeanOfTheValues() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Sample sample = Sample.of(shape, 3, 33);
    HeadTensor mean = HeadTensor.zeros(4, 3, 16);
    for (int head = 0; head < 4; head++) {
      for (int i = 0; i < 3 * 16; i++) {
        double sum = 0;
        for (int token = 0; token < 33; token++) {
          sum += sample.values.data()[sample.values.row(head / 2, token) + i % 16];
        }
        mean.data()[head * 3 * 16 + i] = (float) (sum / 33);
      }
    }

    assertClose(attend(new Attention(shape, AttentionMask.FULL, 0), sample), mean);
  }

  @Test
  void scaleIsTheOneGiven() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    assertRight(new Attention(shape, AttentionMask.CAUSAL, 0.7f), 33, 33);
    assertRight(new Attention(shape, AttentionMask.CAUSAL, -0.3f), 33, 33);
  }

  @ParameterizedTest
  @ValueSource(floats = {100, 1e4f, 1e30f})
  void bigLogitsPickTheirKey(float size) {
    // Key j is the unit vector j, so a query of +size along j gives all weight to value j.
    int dim = 8;
    HeadTensor keys = HeadTensor.zeros(1, dim, dim);
    HeadTensor queries = HeadTensor.zeros(1, dim, dim);
    for (int j = 0; j < dim; j++) {
      keys.data()[keys.row(0, j) + j] = 1;
      queries.data()[queries.row(0, j) + j] = size;
    }
    HeadTensor values = new GaussianTensors(SEED).next(1, dim, dim);
    Attention attention = new Attention(new AttentionShape(1, 1, dim), AttentionMask.FULL, 1);

    assertClose(attend(attention, queries, keys, values), values);
  }

  @ParameterizedTest
  @ValueSource(floats = {1e4f, -1e4f, 1e30f, -1e30f})
  void bigEqualLogitsShareTheWeight(float size) {
    HeadTensor keys = HeadTensor.of(new float[] {1, 1, 1, 1}, 1, 4, 1);
    HeadTensor values = HeadTensor.of(new float[] {1, 2, 3, 6}, 1, 4, 1);
    HeadTensor query = HeadTensor.of(new float[] {size}, 1, 1, 1);
    Attention attention = new Attention(new AttentionShape(1, 1, 1), AttentionMask.CAUSAL, 1);

    HeadTensor output = attend(attention, query, keys, values);

    assertClose(output, HeadTensor.of(new float[] {3}, 1, 1, 1));
  }

  @Test
  void outputIsOverwrittenAndNothingElseIs() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 9, 33);
    float[] surroundings = new float[3 + 4 * 200 + 5];
    Arrays.fill(surroundings, Float.NaN);
    HeadTensor output = new HeadTensor(surroundings, 3, 4, 9, 16, 200);

    try (KvCache cache = engine.newCache(contiguous(2, 16, 33))) {
      cache.append(sample.keys, sample.values);
      engine.attend(attention, sample.queries, cache, output);
    }

    assertClose(dense(output), expected(attention, sample));
    for (int head = 0; head < 4; head++) {
      Arrays.fill(surroundings, output.row(head, 0), output.row(head, 0) + 9 * 16, Float.NaN);
    }
    assertThat(surroundings).containsOnly(Float.NaN);
  }

  @Test
  void noQueriesGiveNoOutput() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Sample sample = Sample.of(shape, 0, 3);

    HeadTensor output = attend(new Attention(shape, AttentionMask.CAUSAL), sample);

    assertThat(output.tokens()).isZero();
  }

  @Test
  void severalThreadsGiveTheSameOfASlice() {
    AttentionShape shape = new AttentionShape(4, 1, 64);
    Attention attention = new Attention(shape, AttentionMask.causalWindow(300, 7));
    for (int queries : new int[] {1, 90}) {
      Sample sample = Sample.of(shape, queries, 407);
      double[] logSumExps = new double[4 * queries];
      double[] golden =
          TextbookAttention.attend(
              attention, sample.queries, 380, sample.keys, 5, sample.values, logSumExps);
      PartialAttention partial = dirty(shape, queries);
      try (AttentionEngine threaded = engine(2)) {
        attendSlice(
            threaded,
            attention,
            sample.queries,
            new SlicePositions(5, 380),
            sample.keys,
            sample.values,
            partial);
      }

      assertThat(OutputError.between(partial.output().data(), golden).relativeL2())
          .isLessThanOrEqualTo(tolerance());
      assertThat(partial.logSumExps()).containsExactly(logSumExps, within(SCORE_TOLERANCE));
    }
  }

  @Test
  void severalThreadsGiveTheSame() {
    AttentionShape shape = new AttentionShape(8, 2, 64);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 207, 207);
    HeadTensor output = HeadTensor.zeros(8, 207, 64);

    try (AttentionEngine threaded = engine(2);
        KvCache cache = threaded.newCache(contiguous(2, 64, 207))) {
      cache.append(sample.keys, sample.values);
      threaded.attend(attention, sample.queries, cache, output);
    }

    assertClose(output, expected(attention, sample));
  }

  @Test
  void capacityIsABound() {
    HeadTensor rows = new GaussianTensors(SEED).next(2, 5, 16);
    try (KvCache cache = engine.newCache(contiguous(2, 16, 9))) {
      cache.append(rows, rows);

      assertThatThrownBy(() -> cache.append(rows, rows))
          .isInstanceOf(KvCapacityException.class)
          .hasMessage("the KV cache holds 5 of at most 9 positions: 5 more do not fit");
      assertThat(cache.length()).isEqualTo(5);
      cache.append(rows.tokens(0, 4), rows.tokens(0, 4));
      assertThat(cache.length()).isEqualTo(9);
    }
  }

  @Test
  void cacheRefusesWhatDoesNotFit() {
    HeadTensor rows = HeadTensor.zeros(2, 5, 16);
    try (KvCache cache = engine.newCache(contiguous(2, 16, 9))) {
      for (HeadTensor wrong :
          List.of(
              HeadTensor.zeros(3, 5, 16), HeadTensor.zeros(2, 5, 15), HeadTensor.zeros(2, 4, 16))) {
        assertThatThrownBy(() -> cache.append(rows, wrong))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.append(wrong, rows))
            .isInstanceOf(IllegalArgumentException.class);
      }
      cache.append(rows, rows);
      for (int length : new int[] {-1, 6}) {
        assertThatThrownBy(() -> cache.truncate(length))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(cache.length()).isEqualTo(5);
    }
  }

  @Test
  void cacheHoldsAtLeastItsExactBytes() {
    KvCacheSpec spec = contiguous(2, 16, 9);
    try (KvCache cache = engine.newCache(spec)) {
      assertThat(cache.spec()).isEqualTo(spec);
      assertThat(cache.allocatedBytes()).isGreaterThanOrEqualTo(spec.bytes(9));
    }
  }

  @Test
  void attendRefusesWhatDoesNotFit() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention causal = new Attention(shape, AttentionMask.CAUSAL);
    HeadTensor rows = HeadTensor.zeros(2, 5, 16);
    HeadTensor queries = HeadTensor.zeros(4, 5, 16);
    HeadTensor output = HeadTensor.zeros(4, 5, 16);
    try (KvCache cache = engine.newCache(contiguous(2, 16, 9))) {
      assertRefused(causal, queries, cache, output, "the cache is empty");
      cache.append(rows, rows);

      assertRefused(
          new Attention(new AttentionShape(4, 4, 16), AttentionMask.CAUSAL),
          queries,
          cache,
          output,
          "the cache of 2 heads with keys of 16 and values of 16 does not fit"
              + " AttentionShape[queryHeads=4, kvHeads=4, headDim=16, valueDim=16]");
      assertRefused(
          causal,
          HeadTensor.zeros(6, 5, 16),
          cache,
          output,
          "queries of 6 heads of 16 do not fit"
              + " AttentionShape[queryHeads=4, kvHeads=2, headDim=16, valueDim=16]");
      assertRefused(
          causal,
          queries,
          cache,
          HeadTensor.zeros(4, 4, 16),
          "output of 4 heads, 4 tokens of 16 does not fit 5 queries of"
              + " AttentionShape[queryHeads=4, kvHeads=2, headDim=16, valueDim=16]");
      assertRefused(causal, queries, cache, queries, "output and queries must not share an array");
      assertRefused(
          causal,
          HeadTensor.zeros(4, 6, 16),
          cache,
          HeadTensor.zeros(4, 6, 16),
          "6 queries cannot be the last of 5 positions");
    }
  }

  @Test
  void attendRefusesWhatAWindowedCacheNoLongerHolds() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    HeadTensor rows = HeadTensor.zeros(2, 1, 16);
    HeadTensor queries = HeadTensor.zeros(4, 3, 16);
    HeadTensor output = HeadTensor.zeros(4, 3, 16);
    KvCacheSpec spec = new KvCacheSpec(2, 16, 16, KvPrecision.F32, 70, 8, 2, 1);
    try (KvCache cache = engine.newCache(spec)) {
      for (int token = 0; token < 30; token++) {
        cache.append(rows, rows);
      }
      assertRefused(
          new Attention(shape, AttentionMask.CAUSAL),
          queries,
          cache,
          output,
          "the cache keeps a window of 8 and 2 sinks, the mask sees a window of 0 and 0 sinks");
      assertRefused(
          new Attention(shape, AttentionMask.causalWindow(8, 2)),
          queries,
          cache,
          output,
          "the cache keeps a window of 8 and 1 more, too few for 3 queries at once");
    }
  }

  @Test
  void attendRefusesAnotherEnginesCache() {
    HeadTensor rows = HeadTensor.zeros(2, 5, 16);
    try (KvCache cache = new ForeignCache(contiguous(2, 16, 9), 5)) {
      assertThatThrownBy(
              () ->
                  engine.attend(
                      new Attention(new AttentionShape(2, 2, 16), AttentionMask.CAUSAL),
                      rows,
                      cache,
                      HeadTensor.zeros(2, 5, 16)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ForeignCache");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void slicesMergedInAnyOrderAndGroupingEqualTheWhole(long seed) {
    Random random = new Random(seed);
    Attention attention = randomAttention(random);
    int keys = 1 + random.nextInt(300);
    int queries = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(keys);
    Sample sample = Sample.of(attention.shape(), queries, keys);
    HeadTensor whole = attend(attention, sample);
    int[] cuts = cuts(random, keys);
    for (int order = 0; order < 3; order++) {
      List<PartialAttention> partials = new ArrayList<>();
      for (int i = 1; i < cuts.length; i++) {
        partials.add(partial(attention, sample, cuts[i - 1], cuts[i], keys - queries));
      }
      while (partials.size() > 1) {
        Collections.shuffle(partials, random);
        PartialAttention last = partials.remove(partials.size() - 1);
        partials.get(0).merge(last);
      }
      HeadTensor merged = partials.get(0).output();
      assertThat(relativeL2(merged, whole))
          .as("%s, %d queries, cut at %s", attention, queries, Arrays.toString(cuts))
          .isLessThanOrEqualTo(tolerance() + MERGING_TOLERANCE);
      double[] golden =
          TextbookAttention.attend(attention, sample.queries, sample.keys, sample.values);
      assertThat(OutputError.between(merged.data(), golden).relativeL2())
          .isLessThanOrEqualTo(tolerance() + MERGING_TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void queriesStandAnywhereBeforeAmongAndBehindTheirSlice(long seed) {
    Random random = new Random(seed);
    for (int turn = 0; turn < 8; turn++) {
      Attention attention = randomAttention(random);
      int keys = 1 + random.nextInt(150);
      int queries = turn % 2 == 0 ? 1 : 1 + random.nextInt(100);
      int firstKey = random.nextInt(120);
      int firstQuery = random.nextInt(firstKey + keys + 120);
      Sample sample = Sample.of(attention.shape(), queries, keys);
      double[] logSumExps = new double[attention.shape().queryHeads() * queries];
      double[] golden =
          TextbookAttention.attend(
              attention,
              sample.queries,
              firstQuery,
              sample.keys,
              firstKey,
              sample.values,
              logSumExps);

      PartialAttention partial = dirty(attention.shape(), queries);
      SlicePositions positions = new SlicePositions(firstKey, firstQuery);
      attendSlice(
          engine, attention, sample.queries, positions, sample.keys, sample.values, partial);

      assertThat(OutputError.between(partial.output().data(), golden).relativeL2())
          .as("%s, %s, %d keys, %d queries", attention, positions, keys, queries)
          .isLessThanOrEqualTo(tolerance());
      assertThat(partial.logSumExps()).containsExactly(logSumExps, within(SCORE_TOLERANCE));
    }
  }

  @Test
  void aSliceThatIsTheWholeIsNoOther() {
    AttentionShape shape = new AttentionShape(6, 2, 16, 24);
    Attention attention = new Attention(shape, AttentionMask.causalWindow(16, 4));
    Sample sample = Sample.of(shape, 65, 207);
    PartialAttention partial = partial(attention, sample, 0, 207, 207 - 65);

    assertThat(partial.output().data()).isEqualTo(attend(attention, sample).data());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anEmptySliceHasNothingToSee(int threads) {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    for (AttentionMask mask : List.of(AttentionMask.FULL, AttentionMask.causalWindow(8, 2))) {
      for (int queries : new int[] {0, 1, 70}) {
        PartialAttention partial = dirty(shape, queries);
        try (AttentionEngine own = engine(threads);
            KvCache cache = own.newCache(contiguous(2, 16, 9))) {
          own.attendSlice(
              new Attention(shape, mask),
              HeadTensor.zeros(4, queries, 16),
              new SlicePositions(0, 5),
              cache,
              partial);
        }
        assertThat(partial.output().data()).hasSize(4 * queries * 16).doesNotContain(Float.NaN);
        assertThat(partial)
            .usingRecursiveComparison()
            .isEqualTo(PartialAttention.empty(shape, queries));
      }
    }
  }

  @Test
  void theLastSliceMayBeARing() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention attention = new Attention(shape, AttentionMask.causalWindow(8, 3));
    Sample sample = Sample.of(shape, 30, 130);
    int cut = 40;
    KvCacheSpec ring = new KvCacheSpec(2, 16, 16, KvPrecision.F32, 90, 8, 0, 2);
    PartialAttention first = partial(attention, sample, 0, cut, 100);
    PartialAttention last = PartialAttention.empty(shape, 30);
    try (KvCache cache = engine.newCache(ring)) {
      cache.append(sample.keys.tokens(cut, 100), sample.values.tokens(cut, 100));
      for (int from = 0; from < 30; from += 3) {
        HeadTensor queries = sample.queries.tokens(from, from + 3);
        PartialAttention three = dirty(shape, 3);
        cache.append(
            sample.keys.tokens(100 + from, 103 + from),
            sample.values.tokens(100 + from, 103 + from));
        engine.attendSlice(attention, queries, new SlicePositions(cut, 100 + from), cache, three);
        copyRows(three, last, from);
      }
    }
    first.merge(last);

    assertThat(relativeL2(first.output(), expected(attention, sample)))
        .isLessThanOrEqualTo(tolerance() + MERGING_TOLERANCE);
  }

  @Test
  void nanInOneSliceIsNanInTheWhole() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 1, 100);
    sample.keys.data()[sample.keys.row(1, 20) + 3] = Float.NaN;
    PartialAttention merged = partial(attention, sample, 50, 100, 99);
    merged.merge(partial(attention, sample, 0, 50, 99));

    for (int head = 0; head < 4; head++) {
      // Query heads 2 and 3 read KV head 1.
      boolean bad = head >= 2;
      int row = merged.output().row(head, 0);
      assertThat(Float.isNaN(merged.output().data()[row])).isEqualTo(bad);
      assertThat(Double.isNaN(merged.logSumExps()[head])).isEqualTo(bad);
    }
  }

  @Test
  void attendSliceRefusesWhatDoesNotFit() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention causal = new Attention(shape, AttentionMask.CAUSAL);
    HeadTensor rows = HeadTensor.zeros(2, 5, 16);
    HeadTensor queries = HeadTensor.zeros(4, 3, 16);
    PartialAttention partial = PartialAttention.empty(shape, 3);
    int most = Integer.MAX_VALUE;
    try (KvCache cache = engine.newCache(contiguous(2, 16, 9))) {
      cache.append(rows, rows);
      assertSliceRefused(
          causal,
          HeadTensor.zeros(4, 4, 16),
          new SlicePositions(0, 0),
          cache,
          partial,
          "output of 4 heads, 3 tokens of 16 does not fit 4 queries of"
              + " AttentionShape[queryHeads=4, kvHeads=2, headDim=16, valueDim=16]");
      assertSliceRefused(
          causal,
          queries,
          new SlicePositions(most - 4, 0),
          cache,
          partial,
          "5 keys from position 2147483643 on end behind position 2147483647");
      assertSliceRefused(
          causal,
          queries,
          new SlicePositions(0, most - 2),
          cache,
          partial,
          "3 queries from position 2147483645 on end behind position 2147483647");
      engine.attendSlice(causal, queries, new SlicePositions(most - 5, most - 3), cache, partial);
    }
    try (KvCache cache = new ForeignCache(contiguous(2, 16, 9), 5)) {
      assertThatThrownBy(
              () -> engine.attendSlice(causal, queries, new SlicePositions(0, 0), cache, partial))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ForeignCache");
    }
  }

  @Test
  void attendSliceRefusesWhatAWindowedCacheNoLongerHolds() {
    AttentionShape shape = new AttentionShape(4, 2, 16);
    Attention windowed = new Attention(shape, AttentionMask.causalWindow(8, 12));
    HeadTensor rows = HeadTensor.zeros(2, 1, 16);
    HeadTensor queries = HeadTensor.zeros(4, 2, 16);
    PartialAttention partial = PartialAttention.empty(shape, 2);
    KvCacheSpec spec = new KvCacheSpec(2, 16, 16, KvPrecision.F32, 70, 8, 2, 1);
    try (KvCache cache = engine.newCache(spec)) {
      for (int token = 0; token < 30; token++) {
        cache.append(rows, rows);
      }
      assertSliceRefused(
          windowed,
          queries,
          new SlicePositions(10, 37),
          cache,
          partial,
          "of 30 positions the cache keeps a window of 8 and 1 more, the first query sees all from 20 on");
      assertSliceRefused(
          windowed,
          queries,
          new SlicePositions(9, 37),
          cache,
          partial,
          "the cache keeps a window of 8 and 2 sinks, the mask sees a window of 8 and 3 sinks");
      assertSliceRefused(
          new Attention(shape, AttentionMask.CAUSAL),
          queries,
          new SlicePositions(10, 90),
          cache,
          partial,
          "the cache keeps a window of 8 and 2 sinks, the mask sees a window of 0 and 0 sinks");
      // What it keeps, sinks alone, and nothing.
      for (int firstQuery : new int[] {38, 40, 90, 5}) {
        engine.attendSlice(windowed, queries, new SlicePositions(10, firstQuery), cache, partial);
      }
    }
  }

  private void assertSliceRefused(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial,
      String message) {
    assertThatThrownBy(() -> engine.attendSlice(attention, queries, positions, cache, partial))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Attention randomAttention(Random random) {
    int kvHeads = 1 + random.nextInt(3);
    int headDim = 1 + random.nextInt(80);
    int valueDim = random.nextBoolean() ? headDim : 1 + random.nextInt(80);
    int window = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(120);
    int sinks = window == 0 || random.nextBoolean() ? 0 : random.nextInt(150);
    boolean causal = random.nextInt(4) > 0;
    return new Attention(
        new AttentionShape(kvHeads * (1 + random.nextInt(5)), kvHeads, headDim, valueDim),
        new AttentionMask(causal, window, sinks));
  }

  /** Where slices begin and end; some are empty. */
  private static int[] cuts(Random random, int keys) {
    IntStream inner = random.ints(random.nextInt(7), 0, keys + 1);
    return IntStream.concat(IntStream.of(0, 0, keys), inner).sorted().toArray();
  }

  /** Of the keys from {@code from} to {@code to}, exclusive, on an engine's own cache. */
  private PartialAttention partial(
      Attention attention, Sample sample, int from, int to, int firstQuery) {
    PartialAttention partial = dirty(attention.shape(), sample.queries.tokens());
    attendSlice(
        engine,
        attention,
        sample.queries,
        new SlicePositions(from, firstQuery),
        sample.keys.tokens(from, to),
        sample.values.tokens(from, to),
        partial);
    return partial;
  }

  private static void attendSlice(
      AttentionEngine engine,
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      HeadTensor keys,
      HeadTensor values,
      PartialAttention partial) {
    AttentionShape shape = attention.shape();
    int capacity = Math.max(1, keys.tokens());
    KvCacheSpec spec =
        KvCacheSpec.contiguous(
            shape.kvHeads(), shape.headDim(), shape.valueDim(), KvPrecision.F32, capacity);
    try (KvCache cache = engine.newCache(spec)) {
      cache.append(keys, values);
      engine.attendSlice(attention, queries, positions, cache, partial);
    }
  }

  /** All of it must be overwritten. */
  private static PartialAttention dirty(AttentionShape shape, int tokens) {
    PartialAttention partial = PartialAttention.empty(shape, tokens);
    Arrays.fill(partial.output().data(), Float.NaN);
    Arrays.fill(partial.logSumExps(), Double.NaN);
    return partial;
  }

  private static void copyRows(PartialAttention from, PartialAttention to, int firstToken) {
    for (int token = 0; token < from.output().tokens(); token++) {
      copyToken(from.output(), token, to.output(), firstToken + token);
      for (int head = 0; head < from.output().heads(); head++) {
        to.logSumExps()[to.index(head, firstToken + token)] =
            from.logSumExps()[from.index(head, token)];
      }
    }
  }

  private void assertRefused(
      Attention attention, HeadTensor queries, KvCache cache, HeadTensor output, String message) {
    assertThatThrownBy(() -> engine.attend(attention, queries, cache, output))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private void assertRight(Attention attention, int queries, int keys) {
    Sample sample = Sample.of(attention.shape(), queries, keys);
    assertClose(attend(attention, sample), expected(attention, sample));
  }

  private void assertChunksEqualPrefill(AttentionMask mask, int chunk, KvCacheSpec spec) {
    AttentionShape shape = new AttentionShape(4, spec.kvHeads(), spec.keyDim());
    Attention attention = new Attention(shape, mask);
    Sample sample = Sample.of(shape, spec.capacity(), spec.capacity());
    HeadTensor output = HeadTensor.zeros(4, spec.capacity(), spec.valueDim());
    try (KvCache cache = engine.newCache(spec)) {
      for (int from = 0; from < spec.capacity(); from += chunk) {
        int to = Math.min(spec.capacity(), from + chunk);
        cache.append(sample.keys.tokens(from, to), sample.values.tokens(from, to));
        engine.attend(attention, sample.queries.tokens(from, to), cache, output.tokens(from, to));
      }
    }
    assertClose(output, attend(attention, sample));
    assertClose(output, expected(attention, sample));
  }

  private HeadTensor attend(Attention attention, Sample sample) {
    return attend(attention, sample.queries, sample.keys, sample.values);
  }

  private HeadTensor attend(
      Attention attention, HeadTensor queries, HeadTensor keys, HeadTensor values) {
    AttentionShape shape = attention.shape();
    KvCacheSpec spec =
        KvCacheSpec.contiguous(
            shape.kvHeads(), shape.headDim(), shape.valueDim(), KvPrecision.F32, keys.tokens());
    assertThat(engine.unsupported(attention, spec)).isEmpty();
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), queries.tokens(), shape.valueDim());
    try (KvCache cache = engine.newCache(spec)) {
      cache.append(keys, values);
      engine.attend(attention, queries, cache, output);
    }
    return output;
  }

  protected void assertClose(HeadTensor actual, HeadTensor expected) {
    assertThat(relativeL2(dense(actual), dense(expected))).isLessThanOrEqualTo(tolerance());
  }

  /** {@code |actual - expected| / |expected|}; NaN if anything is. */
  public static double relativeL2(HeadTensor actual, HeadTensor expected) {
    assertThat(actual.data()).hasSameSizeAs(expected.data());
    return OutputError.between(actual.data(), expected.data()).relativeL2();
  }

  private static KvCacheSpec contiguous(int kvHeads, int dim, int capacity) {
    return KvCacheSpec.contiguous(kvHeads, dim, dim, KvPrecision.F32, capacity);
  }

  /**
   * The oracle of these tests: one pass over the keys in double precision with a running maximum
   * (online softmax, arXiv 1805.02867), so that it shares no step with a two-pass engine.
   */
  private static HeadTensor expected(Attention attention, Sample sample) {
    AttentionShape shape = attention.shape();
    HeadTensor queries = sample.queries;
    HeadTensor keys = sample.keys;
    int firstPosition = keys.tokens() - queries.tokens();
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), queries.tokens(), shape.valueDim());
    for (int head = 0; head < shape.queryHeads(); head++) {
      int kvHead = head / shape.groupSize();
      for (int token = 0; token < queries.tokens(); token++) {
        double greatest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double[] mixed = new double[shape.valueDim()];
        for (int key = 0; key < keys.tokens(); key++) {
          if (!attention.mask().sees(firstPosition + token, key)) {
            continue;
          }
          double score = 0;
          for (int i = 0; i < shape.headDim(); i++) {
            score +=
                (double) queries.data()[queries.row(head, token) + i]
                    * keys.data()[keys.row(kvHead, key) + i];
          }
          score *= attention.scale();
          double newGreatest = Math.max(greatest, score);
          double keep = Math.exp(greatest - newGreatest);
          double weight = Math.exp(score - newGreatest);
          greatest = newGreatest;
          sum = sum * keep + weight;
          for (int i = 0; i < shape.valueDim(); i++) {
            float value = sample.values.data()[sample.values.row(kvHead, key) + i];
            mixed[i] = mixed[i] * keep + weight * value;
          }
        }
        for (int i = 0; i < shape.valueDim(); i++) {
          output.data()[output.row(head, token) + i] = sum == 0 ? 0 : (float) (mixed[i] / sum);
        }
      }
    }
    return output;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anInterruptedThreadComputesNothingAndTheEngineStaysUsable(int threads) {
    AttentionShape shape = new AttentionShape(6, 3, 16);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    Sample sample = Sample.of(shape, 207, 207);
    HeadTensor output = HeadTensor.zeros(6, 207, 16);
    try (AttentionEngine own = engine(threads);
        KvCache cache = own.newCache(KvCacheSpec.contiguous(3, 16, 16, KvPrecision.F32, 207))) {
      cache.append(sample.keys, sample.values);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> own.attend(attention, sample.queries, cache, output))
          .isInstanceOf(AttentionInterruptedException.class);
      assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
      assertThat(output.data()).containsOnly(0);
      assertSliceIsInterrupted(own, attention, sample, cache);

      own.attend(attention, sample.queries, cache, output);
      assertClose(output, expected(attention, sample));
    }
  }

  private static void assertSliceIsInterrupted(
      AttentionEngine engine, Attention attention, Sample sample, KvCache cache) {
    PartialAttention partial = PartialAttention.empty(attention.shape(), 207);
    Thread.currentThread().interrupt();

    assertThatThrownBy(
            () ->
                engine.attendSlice(
                    attention, sample.queries, new SlicePositions(0, 0), cache, partial))
        .isInstanceOf(AttentionInterruptedException.class);
    assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
  }

  /** So much work that nobody waits for its end. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anInterruptEndsACallThatIsUnderWay(int threads) throws Exception {
    int tokens = 30_000;
    AttentionShape shape = new AttentionShape(32, 1, 8);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    HeadTensor queries = HeadTensor.zeros(32, tokens, 8);
    HeadTensor rows = HeadTensor.zeros(1, tokens, 8);
    HeadTensor output = HeadTensor.zeros(32, tokens, 8);
    try (AttentionEngine own = engine(threads);
        KvCache cache = own.newCache(KvCacheSpec.contiguous(1, 8, 8, KvPrecision.F32, tokens))) {
      cache.append(rows, rows);
      CompletableFuture<Boolean> ended = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  own.attend(attention, queries, cache, output);
                  ended.complete(false);
                } catch (AttentionInterruptedException e) {
                  ended.complete(Thread.currentThread().isInterrupted());
                } catch (RuntimeException | Error e) {
                  ended.completeExceptionally(e);
                }
              });
      caller.start();
      awaitUnderWay(caller, own);

      caller.interrupt();

      assertThat(ended.get(1, TimeUnit.MINUTES)).isTrue();
      caller.join();
    }
  }

  /** Until the thread has come past the checks at the edge of the engine. */
  private static void awaitUnderWay(Thread thread, AttentionEngine engine) {
    String edge = engine.getClass().getName();
    while (true) {
      StackTraceElement[] stack = thread.getStackTrace();
      boolean inside =
          IntStream.range(1, stack.length)
              .anyMatch(
                  frame ->
                      stack[frame].getClassName().equals(edge)
                          && stack[frame].getMethodName().equals("attend")
                          && !stack[frame - 1].getClassName().contains("Checks"));
      if (inside) {
        return;
      }
      Thread.onSpinWait();
    }
  }

  private static HeadTensor heads(HeadTensor tensor, int... heads) {
    HeadTensor chosen = HeadTensor.zeros(heads.length, tensor.tokens(), tensor.dim());
    for (int head = 0; head < heads.length; head++) {
      System.arraycopy(
          tensor.data(),
          tensor.row(heads[head], 0),
          chosen.data(),
          chosen.row(head, 0),
          tensor.tokens() * tensor.dim());
    }
    return chosen;
  }

  private static HeadTensor dense(HeadTensor tensor) {
    int[] all = new int[tensor.heads()];
    Arrays.setAll(all, head -> head);
    return heads(tensor, all);
  }

  private static void copyToken(HeadTensor from, int fromToken, HeadTensor to, int toToken) {
    for (int head = 0; head < from.heads(); head++) {
      System.arraycopy(
          from.data(), from.row(head, fromToken), to.data(), to.row(head, toToken), from.dim());
    }
  }

  private record Sample(HeadTensor queries, HeadTensor keys, HeadTensor values) {
    static Sample of(AttentionShape shape, int queries, int keys) {
      GaussianTensors tensors = new GaussianTensors(SEED);
      return new Sample(
          tensors.next(shape.queryHeads(), queries, shape.headDim()),
          tensors.next(shape.kvHeads(), keys, shape.headDim()),
          tensors.next(shape.kvHeads(), keys, shape.valueDim()));
    }
  }

  /** A cache that no engine made. */
  private record ForeignCache(KvCacheSpec spec, int length) implements KvCache {
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
