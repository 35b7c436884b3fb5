package io.headroom.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionWorkTest {
  private static final int MOST_KEYS = 9;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void countsWhatTheMaskSees(boolean causal) {
    for (int window = 0; window <= MOST_KEYS + 2; window++) {
      for (int sinks = 0; sinks <= (window == 0 ? 0 : MOST_KEYS + 2); sinks++) {
        AttentionMask mask = new AttentionMask(causal, window, sinks);
        for (int keys = 1; keys <= MOST_KEYS; keys++) {
          for (int queries = 0; queries <= keys; queries++) {
            assertThat(AttentionWork.visiblePairs(mask, queries, keys))
                .as("%s, %d queries, %d keys", mask, queries, keys)
                .isEqualTo(counted(mask, queries, keys));
          }
        }
      }
    }
  }

  @Test
  void crossAttentionSeesEveryPair() {
    assertThat(AttentionWork.visiblePairs(AttentionMask.FULL, 9, 4)).isEqualTo(36);
  }

  @Test
  void everyVisiblePairCostsTwoOperationsAChannel() {
    // 3 + 4 pairs, 6 heads, 5 channels of scores and 8 of values, each a product and a sum.
    Attention attention = new Attention(new AttentionShape(6, 2, 5, 8), AttentionMask.CAUSAL);

    assertThat(AttentionWork.flops(attention, 2, 4)).isEqualTo((3 + 4) * 6 * (5 + 8) * 2);
  }

  @Test
  void oneDecodedTokenSeesWindowAndSinks() {
    AttentionMask mask = AttentionMask.causalWindow(1024, 4);

    assertThat(AttentionWork.visiblePairs(mask, 1, 1_000_000)).isEqualTo(1028);
    assertThat(AttentionWork.visiblePairs(mask, 1, 1026)).isEqualTo(1026);
  }

  @Test
  void theLargestLengthsAreCountedExactly() {
    long keys = 1L << 31;

    assertThat(AttentionWork.visiblePairs(AttentionMask.CAUSAL, keys, keys))
        .isEqualTo((1L << 61) + (1L << 30));
  }

  @Test
  void overflowThrows() {
    long keys = 1L << 33;
    AttentionMask window = new AttentionMask(true, 8, Integer.MAX_VALUE);

    assertThatThrownBy(() -> AttentionWork.visiblePairs(AttentionMask.FULL, keys, keys))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> AttentionWork.visiblePairs(AttentionMask.CAUSAL, keys, keys))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> AttentionWork.visiblePairs(window, 1, 1L << 40))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(
            () ->
                AttentionWork.flops(
                    new Attention(new AttentionShape(64, 8, 128), AttentionMask.CAUSAL),
                    1L << 30,
                    1L << 31))
        .isInstanceOf(ArithmeticException.class);
  }

  private static long counted(AttentionMask mask, int queries, int keys) {
    long pairs = 0;
    for (int query = keys - queries; query < keys; query++) {
      for (int key = 0; key < keys; key++) {
        pairs += mask.sees(query, key) ? 1 : 0;
      }
    }
    return pairs;
  }
}
