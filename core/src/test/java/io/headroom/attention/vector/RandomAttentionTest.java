package io.headroom.attention.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngineContract;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.TiledKvCache;
import io.headroom.testkit.GaussianTensors;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector engine against the reference, and against itself, on shapes drawn at random. */
@Tag("kernels")
class RandomAttentionTest {
  private static final int CASES = 200;
  private static final int CACHE_CASES = 20;
  private static final int TILE = TiledKvCache.TILE;
  private static final long SEED = 20230522;

  /** Relative L2 error of float32 sums of 1,024 terms; it grows with the root of their number. */
  private static final double TOLERANCE = 2e-6;

  private static final double TERMS = 1024;

  private static final int SEQUENCES = 12;

  /**
   * @param capacity positions of the cache; the queries are the last of them
   */
  private record Case(Attention attention, int queries, int capacity, int threads) {
    static Case draw(SplittableRandom random) {
      int kvHeads = random.nextInt(1, 4);
      int group = random.nextInt(1, 10);
      int headDim = random.nextInt(1, 140);
      int valueDim = random.nextBoolean() ? headDim : random.nextInt(1, 140);
      int capacity = random.nextInt(1, random.nextBoolean() ? 70 : 300);
      int window = random.nextInt(3) == 0 ? 0 : random.nextInt(1, capacity + 10);
      int sinks = window == 0 || random.nextBoolean() ? 0 : random.nextInt(1, capacity + 10);
      boolean causal = random.nextInt(4) > 0;
      int queries = random.nextInt(3) == 0 ? 1 : random.nextInt(1, capacity + 1);
      Attention attention =
          new Attention(
              new AttentionShape(kvHeads * group, kvHeads, headDim, valueDim),
              new AttentionMask(causal, window, sinks));
      return new Case(attention, queries, capacity, random.nextInt(1, 3));
    }

    Case causal() {
      AttentionMask mask = attention.mask();
      AttentionMask causal = new AttentionMask(true, mask.window(), mask.sinks());
      return new Case(new Attention(attention.shape(), causal), queries, capacity, threads);
    }

    double tolerance() {
      double terms = Math.max(attention.shape().headDim(), capacity);
      return TOLERANCE * Math.max(1, Math.sqrt(terms / TERMS));
    }
  }

  @Test
  void agreesWithTheReference() {
    SplittableRandom random = new SplittableRandom(SEED);
    GaussianTensors gaussian = new GaussianTensors(SEED);
    try (AttentionEngine one = new VectorAttentionEngine(1);
        AttentionEngine two = new VectorAttentionEngine(2);
        AttentionEngine reference = new ReferenceAttentionEngine()) {
      for (int i = 0; i < CASES; i++) {
        Case drawn = Case.draw(random);
        AttentionShape shape = drawn.attention.shape();
        HeadTensor keys = gaussian.next(shape.kvHeads(), drawn.capacity, shape.headDim());
        HeadTensor values = gaussian.next(shape.kvHeads(), drawn.capacity, shape.valueDim());
        HeadTensor queries = gaussian.next(shape.queryHeads(), drawn.queries, shape.headDim());
        KvCacheSpec spec = contiguous(shape, KvPrecision.F32, drawn.capacity);

        HeadTensor actual =
            attend(drawn.threads == 1 ? one : two, drawn.attention, spec, queries, keys, values);
        HeadTensor expected = attend(reference, drawn.attention, spec, queries, keys, values);

        assertThat(AttentionEngineContract.relativeL2(actual, expected))
            .as("case %d: %s", i, drawn)
            .isLessThanOrEqualTo(drawn.tolerance());
      }
    }
  }

  /**
   * The integer precisions keep the incomplete tile exact, so only within one tile do both see the
   * same numbers.
   */
  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void decodeEqualsAttendingOverTheSameCacheAtOnce(KvFormat precision) {
    SplittableRandom random = new SplittableRandom(SEED + precision.label().hashCode());
    GaussianTensors gaussian = new GaussianTensors(SEED);
    try (AttentionEngine engine = new VectorAttentionEngine(1)) {
      for (int i = 0; i < CACHE_CASES; i++) {
        Case drawn = Case.draw(random).causal();
        AttentionShape shape = drawn.attention.shape();
        int prompt = drawn.capacity % TILE == TILE - 1 ? drawn.capacity + 1 : drawn.capacity;
        int untilFull = TILE - 1 - prompt % TILE;
        int tokens =
            precision.groupTokens() > 1 ? Math.min(drawn.queries, untilFull) : drawn.queries;
        HeadTensor keys = gaussian.next(shape.kvHeads(), prompt + tokens, shape.headDim());
        HeadTensor values = gaussian.next(shape.kvHeads(), prompt + tokens, shape.valueDim());
        HeadTensor queries = gaussian.next(shape.queryHeads(), tokens, shape.headDim());
        HeadTensor decoded = HeadTensor.zeros(shape.queryHeads(), tokens, shape.valueDim());
        HeadTensor atOnce = HeadTensor.zeros(shape.queryHeads(), tokens, shape.valueDim());

        try (KvCache cache = engine.newCache(contiguous(shape, precision, prompt + tokens))) {
          cache.append(keys.tokens(0, prompt), values.tokens(0, prompt));
          for (int token = 0; token < tokens; token++) {
            int from = prompt + token;
            cache.append(keys.tokens(from, from + 1), values.tokens(from, from + 1));
            HeadTensor query = queries.tokens(token, token + 1);
            engine.attend(drawn.attention, query, cache, decoded.tokens(token, token + 1));
          }
          engine.attend(drawn.attention, queries, cache, atOnce);
        }

        assertThat(AttentionEngineContract.relativeL2(decoded, atOnce))
            .as("case %d: %s, %d decoded after %d", i, drawn, tokens, prompt)
            .isLessThanOrEqualTo(drawn.tolerance());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void aWindowAsLongAsTheSequenceIsNone(KvFormat precision) {
    SplittableRandom random = new SplittableRandom(SEED + precision.label().hashCode());
    GaussianTensors gaussian = new GaussianTensors(SEED);
    try (AttentionEngine engine = new VectorAttentionEngine(1)) {
      for (int i = 0; i < CACHE_CASES; i++) {
        Case drawn = Case.draw(random).causal();
        AttentionShape shape = drawn.attention.shape();
        int window = drawn.capacity + random.nextInt(100);
        int sinks = random.nextInt(10);
        HeadTensor keys = gaussian.next(shape.kvHeads(), drawn.capacity, shape.headDim());
        HeadTensor values = gaussian.next(shape.kvHeads(), drawn.capacity, shape.valueDim());
        HeadTensor queries = gaussian.next(shape.queryHeads(), drawn.queries, shape.headDim());
        KvCacheSpec all = contiguous(shape, precision, drawn.capacity);
        KvCacheSpec ring =
            new KvCacheSpec(
                shape.kvHeads(),
                shape.headDim(),
                shape.valueDim(),
                precision,
                drawn.capacity,
                window,
                sinks,
                0);
        Attention unbounded = new Attention(shape, AttentionMask.CAUSAL);
        Attention windowed = new Attention(shape, AttentionMask.causalWindow(window, sinks));

        HeadTensor expected = attend(engine, unbounded, all, queries, keys, values);
        HeadTensor inRing = attend(engine, windowed, ring, queries, keys, values);

        assertThat(AttentionEngineContract.relativeL2(inRing, expected))
            .as("case %d: %s, window %d, sinks %d", i, drawn, window, sinks)
            .isLessThanOrEqualTo(drawn.tolerance());
      }
    }
  }

  /** Whatever an engine keeps between calls must not reach another sequence. */
  @ParameterizedTest
  @MethodSource("io.headroom.testkit.StoredFormats#all")
  void sequencesInAnotherOrderGiveTheSameBits(KvFormat precision) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Case> cases =
        Stream.generate(() -> Case.draw(random)).limit(SEQUENCES).collect(Collectors.toList());
    try (AttentionEngine engine = new VectorAttentionEngine(2)) {
      Map<Case, HeadTensor> outputs = new HashMap<>();
      for (Case drawn : cases) {
        outputs.put(drawn, attendOwnData(engine, drawn, precision));
      }
      Collections.shuffle(cases, new Random(SEED));
      for (Case drawn : cases) {
        assertThat(attendOwnData(engine, drawn, precision).data())
            .as("%s", drawn)
            .isEqualTo(outputs.get(drawn).data());
      }
    }
  }

  private static HeadTensor attendOwnData(AttentionEngine engine, Case drawn, KvFormat precision) {
    GaussianTensors gaussian = new GaussianTensors(drawn.capacity);
    AttentionShape shape = drawn.attention.shape();
    return attend(
        engine,
        drawn.attention,
        contiguous(shape, precision, drawn.capacity),
        gaussian.next(shape.queryHeads(), drawn.queries, shape.headDim()),
        gaussian.next(shape.kvHeads(), drawn.capacity, shape.headDim()),
        gaussian.next(shape.kvHeads(), drawn.capacity, shape.valueDim()));
  }

  private static HeadTensor attend(
      AttentionEngine engine,
      Attention attention,
      KvCacheSpec spec,
      HeadTensor queries,
      HeadTensor keys,
      HeadTensor values) {
    AttentionShape shape = attention.shape();
    HeadTensor output = HeadTensor.zeros(shape.queryHeads(), queries.tokens(), shape.valueDim());
    try (KvCache cache = engine.newCache(spec)) {
      cache.append(keys, values);
      engine.attend(attention, queries, cache, output);
    }
    return output;
  }

  private static KvCacheSpec contiguous(AttentionShape shape, KvFormat precision, int capacity) {
    return KvCacheSpec.contiguous(
        shape.kvHeads(), shape.headDim(), shape.valueDim(), precision, capacity);
  }
}
