package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngineContract;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.DotProductAttention;
import org.nd4j.linalg.factory.Nd4j;

class Nd4jAttentionEngineTest extends AttentionEngineContract {
  /** float32 products of up to a few hundred terms, in any order. */
  private static final double TOLERANCE = 2e-6;

  /** The mean of 70,000 values of either sign is 260 times smaller than they are. */
  private static final double LONG_TOLERANCE = 2e-5;

  /** Half a unit in the last place of 8 significant bits, and as much again for the keys. */
  private static final double BF16_TOLERANCE = 1.0 / 256;

  /** The same for 11 significant bits. */
  private static final double F16_TOLERANCE = 1.0 / 2048;

  @Override
  protected AttentionEngine engine(int threads) {
    return new Nd4jAttentionEngine(threads);
  }

  @Override
  protected double tolerance() {
    return TOLERANCE;
  }

  @Test
  void saysWhichOpenBlasRuns() {
    try (AttentionEngine engine = engine(1)) {
      assertThat(engine.name()).isEqualTo("nd4j");
      assertThat(engine.detail()).matches("openblas-0\\.3\\.31-[a-z0-9]+");
    }
  }

  @Test
  void threadsAreAtLeastOne() {
    assertThatThrownBy(() -> engine(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at least 1: 0");
  }

  @Test
  void blasRunsOnTheThreadsOfWhoeverCalls() {
    AttentionShape shape = new AttentionShape(2, 1, 8);
    Attention attention = new Attention(shape, AttentionMask.CAUSAL);
    GaussianTensors tensors = new GaussianTensors(1);
    HeadTensor queries = tensors.next(2, 3, 8);
    HeadTensor keys = tensors.next(1, 3, 8);
    for (int threads : new int[] {1, 2, 1}) {
      try (AttentionEngine engine = engine(threads);
          KvCache cache = engine.newCache(KvCacheSpec.contiguous(1, 8, 8, KvPrecision.F32, 3))) {
        cache.append(keys, keys);
        engine.attend(attention, queries, cache, HeadTensor.zeros(2, 3, 8));
      }
      assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(threads);
    }
  }

  @Test
  void runsSideBySideOnOneThreadEach() {
    try (AttentionEngine one = engine(1);
        AttentionEngine two = engine(2)) {
      assertThat(one.unsupportedSideBySide()).isEmpty();
      assertThat(two.unsupportedSideBySide())
          .contains(
              "the nd4j engine runs side by side on 1 thread each, not on 2: OpenBLAS has one pool of threads for the whole process");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void agreesWithTheReferenceOnRandomShapes(long seed) {
    Random random = new Random(seed);
    int kvHeads = 1 + random.nextInt(4);
    int group = 1 + random.nextInt(9);
    AttentionShape shape =
        new AttentionShape(
            kvHeads * group, kvHeads, 1 + random.nextInt(140), 1 + random.nextInt(140));
    int keys = 1 + random.nextInt(400);
    int queries = 1 + random.nextInt(keys);
    int window = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(keys);
    int sinks = window == 0 ? 0 : random.nextInt(8);
    AttentionMask mask = new AttentionMask(random.nextBoolean(), window, sinks);

    Case sample = Case.of(new Attention(shape, mask), queries, keys, seed);

    assertThat(relativeL2(sample.attend(engine(1), KvPrecision.F32), sample.reference()))
        .as("%s", sample.attention)
        .isLessThanOrEqualTo(TOLERANCE);
  }

  @Test
  void longPromptsGoInBlocksOfFewerRows() {
    // 70,000 columns of scores leave room for 239 rows in 64 MiB.
    Attention attention = new Attention(new AttentionShape(2, 1, 3), AttentionMask.FULL);
    Case sample = Case.of(attention, 300, 70_000, 1);

    assertThat(relativeL2(sample.attend(engine(1), KvPrecision.F32), sample.reference()))
        .isLessThanOrEqualTo(LONG_TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "64, 0", "64, 5"})
  void halfPrecisionsAddNoErrorToNumbersTheyCanHold(int window, int sinks) {
    AttentionMask mask = new AttentionMask(true, window, sinks);
    Attention attention = new Attention(new AttentionShape(8, 2, 16, 24), mask);
    Case sample = Case.of(attention, 300, 1_200, 1).rounded();

    for (KvPrecision precision : new KvPrecision[] {KvPrecision.F16, KvPrecision.BF16}) {
      assertThat(relativeL2(sample.attend(engine(1), precision), sample.reference()))
          .as("%s", precision)
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void halfPrecisionsRoundByHalfAUnit(KvPrecision precision) {
    Attention attention = new Attention(new AttentionShape(8, 2, 64), AttentionMask.CAUSAL);
    Case sample = Case.of(attention, 100, 100, 1);

    double error = relativeL2(sample.attend(engine(1), precision), sample.reference());

    double tolerance = precision == KvPrecision.F16 ? F16_TOLERANCE : BF16_TOLERANCE;
    assertThat(error).isBetween(tolerance / 10, tolerance);
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatItCanMultiply(KvPrecision precision) {
    KvCacheSpec spec = new KvCacheSpec(2, 16, 24, precision, 50, 8, 2, 3);
    Attention attention =
        new Attention(new AttentionShape(4, 2, 16, 24), AttentionMask.causalWindow(8, 2));
    try (AttentionEngine engine = engine(1)) {
      if (precision.bits() <= 8) {
        String reason = "the nd4j engine keeps f32, f16 or bf16: " + precision.label();
        assertThat(engine.unsupported(attention, spec)).contains(reason);
        assertThatThrownBy(() -> engine.newCache(spec))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(reason);
        return;
      }
      assertThat(engine.unsupported(attention, spec)).isEmpty();
      try (KvCache cache = engine.newCache(spec)) {
        // 2 heads, 50 positions though the window is 8, 16 + 24 numbers.
        assertThat(cache.allocatedBytes()).isEqualTo(2 * 50 * (16 + 24) * precision.bits() / 8);
      }
    }
  }

  @Test
  void closingACacheReleasesItsMemoryAtOnce() {
    long cacheBytes = 256L << 20;
    int tokens = (int) (cacheBytes / (2 * 1024 * Float.BYTES));
    HeadTensor rows = HeadTensor.zeros(1, 1024, 1024);
    KvCacheSpec spec = KvCacheSpec.contiguous(1, 1024, 1024, KvPrecision.F32, tokens);
    try (AttentionEngine engine = engine(1)) {
      KvCache cache = engine.newCache(spec);
      for (int token = 0; token < tokens; token += 1024) {
        cache.append(rows, rows);
      }
      long full = Pointer.physicalBytes();

      cache.close();

      assertThat(full - Pointer.physicalBytes()).isGreaterThan(cacheBytes * 9 / 10);
      assertThat(cache.allocatedBytes()).isZero();
    }
  }

  @Test
  void whatIsClosedIsNotUsed() {
    HeadTensor rows = HeadTensor.zeros(2, 3, 4);
    HeadTensor output = HeadTensor.zeros(2, 3, 4);
    Attention attention = new Attention(new AttentionShape(2, 2, 4), AttentionMask.CAUSAL);
    AttentionEngine engine = engine(1);
    KvCache cache = engine.newCache(KvCacheSpec.contiguous(2, 4, 4, KvPrecision.F32, 9));
    cache.append(rows, rows);

    engine.close();
    engine.close();
    assertThatThrownBy(() -> engine.attend(attention, rows, cache, output))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the engine is closed");

    cache.close();
    cache.close();
    assertThatThrownBy(() -> cache.append(rows, rows))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the cache is closed");
    try (AttentionEngine open = engine(1)) {
      assertThatThrownBy(() -> open.attend(attention, rows, cache, output))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the cache is closed");
    }
  }

  /** A second opinion: the attention operation that ND4J brings, for MHA without a mask. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "4, 9, 77", "8, 65, 65", "3, 40, 7"})
  void agreesWithNd4jsOwnAttention(int heads, int queries, int keys) {
    AttentionShape shape = new AttentionShape(heads, heads, 40, 24);
    Case sample = Case.of(new Attention(shape, AttentionMask.FULL), queries, keys, 1);
    HeadTensor ours = sample.attend(engine(1), KvPrecision.F32);

    INDArray[] theirs =
        Nd4j.exec(
            new DotProductAttention(
                channelsFirst(sample.queries),
                channelsFirst(sample.keys),
                channelsFirst(sample.values),
                null,
                true));

    float[] output = theirs[0].permute(0, 1, 3, 2).dup('c').data().asFloat();
    HeadTensor expected = HeadTensor.of(output, heads, queries, 24);
    assertThat(relativeL2(sample.reference(), expected)).isLessThanOrEqualTo(TOLERANCE);
    assertThat(relativeL2(ours, expected)).isLessThanOrEqualTo(TOLERANCE);
  }

  /** {@code [1, heads, dim, tokens]}, as that operation wants it. */
  private static INDArray channelsFirst(HeadTensor tensor) {
    return Nd4j.createFromArray(tensor.data())
        .reshape(1, tensor.heads(), tensor.tokens(), tensor.dim())
        .permute(0, 1, 3, 2)
        .dup('c');
  }

  private record Case(Attention attention, HeadTensor queries, HeadTensor keys, HeadTensor values) {

    static Case of(Attention attention, int queries, int keys, long seed) {
      AttentionShape shape = attention.shape();
      GaussianTensors tensors = new GaussianTensors(seed);
      return new Case(
          attention,
          tensors.next(shape.queryHeads(), queries, shape.headDim()),
          tensors.next(shape.kvHeads(), keys, shape.headDim()),
          tensors.next(shape.kvHeads(), keys, shape.valueDim()));
    }

    /** The same with keys and values in eighths, which have few bits. */
    Case rounded() {
      for (HeadTensor tensor : new HeadTensor[] {keys, values}) {
        for (int i = 0; i < tensor.data().length; i++) {
          tensor.data()[i] = Math.round(tensor.data()[i] * 8) / 8f;
        }
      }
      return this;
    }

    HeadTensor reference() {
      return attend(new ReferenceAttentionEngine(), KvPrecision.F32);
    }

    /** Closes the engine. */
    HeadTensor attend(AttentionEngine engine, KvPrecision precision) {
      AttentionShape shape = attention.shape();
      HeadTensor output = HeadTensor.zeros(shape.queryHeads(), queries.tokens(), shape.valueDim());
      KvCacheSpec spec =
          KvCacheSpec.contiguous(
              shape.kvHeads(), shape.headDim(), shape.valueDim(), precision, keys.tokens());
      try (engine;
          KvCache cache = engine.newCache(spec)) {
        cache.append(keys, values);
        engine.attend(attention, queries, cache, output);
      }
      return output;
    }
  }
}
