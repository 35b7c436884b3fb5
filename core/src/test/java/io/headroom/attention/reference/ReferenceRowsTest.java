package io.headroom.attention.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.OutputError;
import io.headroom.kvcache.HeadTensor;
import io.headroom.testkit.GaussianTensors;
import io.headroom.testkit.TextbookAttention;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceRowsTest {
  /** float32 outputs, both rounded from doubles. */
  private static final double ROUNDING = 1e-7;

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0, 2",
    "0, 7",
    "0, 8",
    "0, 9",
    "0, 10",
    "0, 15",
    "0, 2048",
    "5, 6",
    "5, 12",
    "5, 13",
    "5, 14",
    "2048, 2064",
    "0, 2147483647",
    "2147483000, 2147483647"
  })
  void positionsAreSpreadFromTheFirstToTheLast(int from, int to) {
    int[] positions = ReferenceRows.spread(from, to, 8).toArray();

    assertThat(positions).hasSize(Math.min(8, to - from));
    assertThat(positions[0]).isEqualTo(from);
    assertThat(positions[positions.length - 1]).isEqualTo(to - 1);
    assertThat(Arrays.stream(positions).distinct().toArray()).isEqualTo(positions);
    assertThat(positions).isSorted();
  }

  @Test
  void noPositionsOfNone() {
    assertThat(ReferenceRows.spread(5, 5, 8)).isEmpty();
  }

  @Test
  void queriesAreTheLastPositionsOfTheKeys() {
    Attention attention =
        new Attention(new AttentionShape(4, 2, 8, 12), AttentionMask.causalWindow(9, 2));
    GaussianTensors gaussian = new GaussianTensors(3);
    HeadTensor queries = gaussian.next(4, 20, 8);
    HeadTensor keys = gaussian.next(2, 50, 8);
    HeadTensor values = gaussian.next(2, 50, 12);
    float[] all = floats(TextbookAttention.attend(attention, queries, keys, values));
    HeadTensor actual = HeadTensor.of(all, 4, 20, 12);

    ReferenceRows rows =
        ReferenceRows.compute(attention, queries, keys, values, new int[] {0, 7, 19});

    assertThat(rows.errorOf(actual).relativeL2()).isLessThan(ROUNDING);
    all[actual.row(3, 8)] += 100;
    assertThat(rows.errorOf(actual).relativeL2()).isLessThan(ROUNDING);
    all[actual.row(3, 7)] += 100;
    OutputError error = rows.errorOf(actual);
    assertThat(error.maxAbsolute()).isBetween(99.9, 100.1);
    assertThat(error.isWithin(ROUNDING)).isFalse();
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }
}
