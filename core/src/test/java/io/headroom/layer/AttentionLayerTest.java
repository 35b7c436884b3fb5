package io.headroom.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvPrecision;
import io.headroom.testkit.GaussianTensors;
import io.headroom.testkit.TextbookEngine;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttentionLayerTest {
  private static final int HIDDEN_SIZE = 20;
  private static final int HEAD_DIM = 6;
  private static final int TOKENS = 9;
  private static final float TOLERANCE = 1e-5f;

  private final TextbookEngine engine = new TextbookEngine();
  private final GaussianTensors random = new GaussianTensors(7);

  @Test
  void tokenByTokenIsAllAtOnce() {
    AttentionLayer layer = layer(4, 2);
    float[] states = random.next(1, TOKENS, HIDDEN_SIZE).data();
    float[] atOnce = run(layer, states);

    float[] stepwise = new float[states.length];
    try (KvCache cache = engine.newCache(layer.cache(KvPrecision.F32, TOKENS))) {
      for (int token = 0; token < TOKENS; token++) {
        int from = token * HIDDEN_SIZE;
        float[] one = Arrays.copyOfRange(states, from, from + HIDDEN_SIZE);
        System.arraycopy(layer.forward(one, 1, engine, cache), 0, stepwise, from, HIDDEN_SIZE);
      }
    }

    assertClose(stepwise, atOnce);
  }

  @Test
  void equalHeadsPoolWithoutLoss() {
    AttentionLayer gqa = layer(4, 2);
    AttentionLayer mha = repeated(4);
    float[] states = random.next(1, TOKENS, HIDDEN_SIZE).data();

    assertClose(run(mha.withKvHeads(1, HeadPooling.MEAN), states), run(mha, states));
    assertClose(run(mha.withKvHeads(2, HeadPooling.FIRST), states), run(mha, states));
    assertThat(run(gqa.withKvHeads(2, HeadPooling.MEAN), states)).isEqualTo(run(gqa, states));
    assertThat(gqa.withKvHeads(1, HeadPooling.MEAN).attention().shape())
        .isEqualTo(new AttentionShape(4, 1, HEAD_DIM));
    assertThatThrownBy(() -> gqa.withKvHeads(4, HeadPooling.MEAN))
        .isInstanceOf(UserException.class)
        .hasMessage("kv-heads must divide the 2 KV heads of the checkpoint: 4");
  }

  /** With norms, states of twice the size give the same weights, and values of twice the size. */
  @Test
  void normsMakeScoresIndependentOfTheStatesSize() {
    float[] weight = new float[HEAD_DIM];
    Arrays.fill(weight, 1);
    Optional<RmsNorm> norm = Optional.of(new RmsNorm(weight, 0));
    float[] states = random.next(1, TOKENS, HIDDEN_SIZE).data();
    float[] doubled = states.clone();
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2;
    }
    AttentionLayer normed =
        new AttentionLayer(
            new Attention(new AttentionShape(2, 2, HEAD_DIM), AttentionMask.CAUSAL),
            unbiased(HIDDEN_SIZE, 2 * HEAD_DIM),
            unbiased(HIDDEN_SIZE, 2 * HEAD_DIM),
            unbiased(HIDDEN_SIZE, 2 * HEAD_DIM),
            unbiased(2 * HEAD_DIM, HIDDEN_SIZE),
            RotaryEmbedding.of(HEAD_DIM, 10_000),
            norm,
            norm);

    float[] once = run(normed, states);
    for (int i = 0; i < once.length; i++) {
      once[i] *= 2;
    }

    assertClose(run(normed, doubled), once);
  }

  @Test
  void projectionsMustFitTheShape() {
    Attention attention = new Attention(new AttentionShape(4, 2, HEAD_DIM), AttentionMask.CAUSAL);
    LinearProjection square = projection(HIDDEN_SIZE, 4 * HEAD_DIM);

    assertThatThrownBy(
            () ->
                new AttentionLayer(
                    attention,
                    square,
                    square,
                    square,
                    square,
                    RotaryEmbedding.of(HEAD_DIM, 10),
                    Optional.empty(),
                    Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the key projection must take 20 to 12: 20 to 24");
  }

  private AttentionLayer layer(int queryHeads, int kvHeads) {
    return new AttentionLayer(
        new Attention(new AttentionShape(queryHeads, kvHeads, HEAD_DIM), AttentionMask.CAUSAL),
        projection(HIDDEN_SIZE, queryHeads * HEAD_DIM),
        projection(HIDDEN_SIZE, kvHeads * HEAD_DIM),
        projection(HIDDEN_SIZE, kvHeads * HEAD_DIM),
        projection(queryHeads * HEAD_DIM, HIDDEN_SIZE),
        RotaryEmbedding.of(HEAD_DIM, 10_000),
        Optional.empty(),
        Optional.empty());
  }

  /** MHA whose KV heads are all the same. */
  private AttentionLayer repeated(int heads) {
    return new AttentionLayer(
        new Attention(new AttentionShape(heads, heads, HEAD_DIM), AttentionMask.CAUSAL),
        projection(HIDDEN_SIZE, heads * HEAD_DIM),
        repeat(projection(HIDDEN_SIZE, HEAD_DIM), heads),
        repeat(projection(HIDDEN_SIZE, HEAD_DIM), heads),
        projection(heads * HEAD_DIM, HIDDEN_SIZE),
        RotaryEmbedding.of(HEAD_DIM, 10_000),
        Optional.empty(),
        Optional.empty());
  }

  private static LinearProjection repeat(LinearProjection head, int times) {
    float[] weight = new float[head.weight().length * times];
    float[] bias = new float[head.bias().length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(head.weight(), 0, weight, i * head.weight().length, head.weight().length);
      System.arraycopy(head.bias(), 0, bias, i * head.bias().length, head.bias().length);
    }
    return new LinearProjection(head.inputs(), head.outputs() * times, weight, bias);
  }

  private LinearProjection projection(int inputs, int outputs) {
    return new LinearProjection(
        inputs, outputs, random.next(1, outputs, inputs).data(), random.next(1, 1, outputs).data());
  }

  private LinearProjection unbiased(int inputs, int outputs) {
    return new LinearProjection(
        inputs, outputs, random.next(1, outputs, inputs).data(), new float[0]);
  }

  private float[] run(AttentionLayer layer, float[] states) {
    try (KvCache cache = engine.newCache(layer.cache(KvPrecision.F32, TOKENS))) {
      return layer.forward(states, TOKENS, engine, cache);
    }
  }

  private static void assertClose(float[] actual, float[] expected) {
    float largest = 0;
    for (float number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(TOLERANCE * largest));
    }
  }
}
