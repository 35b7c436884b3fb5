package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticTensorsTest {
  private static final int HEADS = 8;
  private static final int TOKENS = 1000;
  private static final int DIM = 128;

  /** Five standard errors of a table of 65,536 normal variates. */
  private static final double MEAN_TOLERANCE = 5.0 / 256;

  private static final double VARIANCE_TOLERANCE = 5 * Math.sqrt(2) / 256;
  private static final double KURTOSIS_TOLERANCE = 5 * Math.sqrt(96) / 256;

  /** Five standard errors of the correlation of a million pairs. */
  private static final double CORRELATION_TOLERANCE = 5e-3;

  @Test
  void theSameSeedGivesTheSameNumbers() {
    assertThat(gaussian(7)).isEqualTo(gaussian(7));
  }

  @Test
  void neighbouringSeedsGiveOtherNumbers() {
    for (long seed : new long[] {0, 1, 2, 41, 42, 43, -1, -2, Long.MIN_VALUE, Long.MAX_VALUE}) {
      float[] one = gaussian(seed);
      float[] other = gaussian(seed + 1);
      assertThat(correlation(one, other, 0)).isCloseTo(0, within(CORRELATION_TOLERANCE));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 42, 1L << 62, -7})
  void numbersAreStandardNormal(long seed) {
    float[] numbers = gaussian(seed);
    double mean = mean(numbers, x -> x);
    double variance = mean(numbers, x -> (x - mean) * (x - mean));
    double kurtosis = mean(numbers, x -> Math.pow(x - mean, 4)) / (variance * variance);

    assertThat(mean).isCloseTo(0, within(MEAN_TOLERANCE));
    assertThat(variance).isCloseTo(1, within(VARIANCE_TOLERANCE));
    assertThat(kurtosis).isCloseTo(3, within(KURTOSIS_TOLERANCE));
  }

  @Test
  void numbersDoNotDependOnTheirNeighbours() {
    float[] numbers = gaussian(42);
    for (int lag : new int[] {1, 2, 3, 64, DIM, TOKENS * DIM}) {
      assertThat(correlation(numbers, numbers, lag))
          .as("lag %d", lag)
          .isCloseTo(0, within(CORRELATION_TOLERANCE));
    }
  }

  /** Drawn in parts, between which interrupts are heeded. */
  @Test
  void aLongTensorBeginsLikeAShortOneAndGoesOn() {
    int part = 1 << 20;
    float[] numbers = SyntheticTensors.gaussian(1, part + 1000, 1, 42).data();

    assertThat(Arrays.copyOf(numbers, part))
        .isEqualTo(SyntheticTensors.gaussian(1, part, 1, 42).data());
    assertThat(Arrays.copyOfRange(numbers, part, part + 1000))
        .isNotEqualTo(Arrays.copyOf(numbers, 1000))
        .isNotEqualTo(new float[1000]);
  }

  @Test
  void anInterruptEndsTheDrawing() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> gaussian(42)).isInstanceOf(AttentionInterruptedException.class);

    assertThat(Thread.interrupted()).isTrue();
  }

  /**
   * Results of different versions are only comparable on the same numbers. These were computed
   * apart, from the algorithm's description.
   */
  @Test
  void numbersStayWhatTheyWere() {
    assertThat(SyntheticTensors.gaussian(1, 2, 3, 42).data())
        .containsExactly(
            0.683717f, 0.4615251f, -0.07823146f, -0.82797384f, 0.7429026f, -0.35438037f);
    assertThat(SyntheticTensors.mix(1, 2)).isEqualTo(-7976318050264416727L);
  }

  @Test
  void mixingTellsOrderAndCountApart() {
    List<long[]> parts =
        List.of(
            new long[] {},
            new long[] {0},
            new long[] {0, 0},
            new long[] {1},
            new long[] {1, 0},
            new long[] {0, 1},
            new long[] {1, 2},
            new long[] {2, 1},
            new long[] {3, 0},
            new long[] {1, 2, 3},
            new long[] {3, 2, 1},
            new long[] {2, 1, 3});
    Set<Long> seeds = new HashSet<>();
    parts.forEach(part -> seeds.add(SyntheticTensors.mix(part)));

    assertThat(seeds).hasSameSizeAs(parts);
  }

  @Test
  void queriesKeysAndValuesAreNotAlike() {
    SequenceTensors tensors =
        SequenceTensors.gaussian(
            new Attention(new AttentionShape(8, 8, 128), AttentionMask.CAUSAL), 1000, 42);

    float[] queries = tensors.queries().data();
    float[] keys = tensors.keys().data();
    float[] values = tensors.values().data();
    assertThat(correlation(queries, keys, 0)).isCloseTo(0, within(CORRELATION_TOLERANCE));
    assertThat(correlation(keys, values, 0)).isCloseTo(0, within(CORRELATION_TOLERANCE));
    assertThat(correlation(queries, values, 0)).isCloseTo(0, within(CORRELATION_TOLERANCE));
  }

  private static float[] gaussian(long seed) {
    HeadTensor tensor = SyntheticTensors.gaussian(HEADS, TOKENS, DIM, seed);
    assertThat(tensor.heads()).isEqualTo(HEADS);
    assertThat(tensor.tokens()).isEqualTo(TOKENS);
    assertThat(tensor.dim()).isEqualTo(DIM);
    return tensor.data();
  }

  private static double mean(float[] numbers, DoubleUnaryOperator term) {
    return IntStream.range(0, numbers.length)
        .mapToDouble(i -> term.applyAsDouble(numbers[i]))
        .average()
        .orElseThrow();
  }

  private static double correlation(float[] left, float[] right, int lag) {
    double sum = 0;
    for (int i = lag; i < left.length; i++) {
      sum += (double) left[i - lag] * right[i];
    }
    return sum / (left.length - lag);
  }

  /** Whatever the scale, {@code scale * q . k} has variance 1. */
  @ParameterizedTest
  @ValueSource(floats = {1, 0.0625f, -0.5f})
  void queriesMatchTheScale(float scale) {
    AttentionShape shape = new AttentionShape(4, 4, 64);
    SequenceTensors tensors =
        SequenceTensors.gaussian(new Attention(shape, AttentionMask.CAUSAL, scale), 2000, 7);

    double squares = 0;
    for (int head = 0; head < 4; head++) {
      for (int token = 0; token < 2000; token++) {
        double score = 0;
        for (int channel = 0; channel < 64; channel++) {
          score +=
              tensors.queries().data()[tensors.queries().row(head, token) + channel]
                  * tensors.keys().data()[tensors.keys().row(head, token) + channel];
        }
        squares += score * scale * score * scale;
      }
    }
    assertThat(squares / 8000).isCloseTo(1, within(0.1));
  }
}
