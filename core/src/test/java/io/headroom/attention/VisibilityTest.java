package io.headroom.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VisibilityTest {
  private static final int TOKENS = 6;

  static Stream<AttentionMask> masks() {
    return Stream.of(true, false)
        .flatMap(
            causal ->
                Stream.of(
                    new AttentionMask(causal, 0, 0),
                    new AttentionMask(causal, 1, 0),
                    new AttentionMask(causal, 1, 4),
                    new AttentionMask(causal, 5, 0),
                    new AttentionMask(causal, 5, 2),
                    new AttentionMask(causal, 5, 12),
                    new AttentionMask(causal, 5, Integer.MAX_VALUE),
                    new AttentionMask(causal, Integer.MAX_VALUE, 0),
                    new AttentionMask(causal, Integer.MAX_VALUE, 3)));
  }

  @ParameterizedTest
  @MethodSource("masks")
  void ofASliceIsWhatTheMaskSees(AttentionMask mask) {
    for (int firstKey : new int[] {0, 1, 3, 13}) {
      for (int keys : new int[] {0, 1, 2, 9}) {
        for (int firstQuery = 0; firstQuery < firstKey + keys + 2 * TOKENS; firstQuery++) {
          assertSees(mask, keys, new SlicePositions(firstKey, firstQuery));
        }
      }
    }
  }

  private static void assertSees(AttentionMask mask, int keys, SlicePositions positions) {
    Visibility visible = Visibility.ofSlice(mask, keys, positions);
    for (int token = 0; token < TOKENS; token++) {
      int from = visible.from(token);
      int to = visible.to(token);
      int sinksTo = visible.sinksTo(token);
      assertThat(from).isBetween(0, to);
      assertThat(to).isBetween(0, keys);
      assertThat(sinksTo).isBetween(0, to);
      for (int key = 0; key < keys; key++) {
        assertThat(key < sinksTo || (from <= key && key < to))
            .as("%s, %s, token %d, key %d of %d", mask, positions, token, key, keys)
            .isEqualTo(sees(mask, positions, token, key));
      }
      assertThat(from < to || sinksTo > 0).isEqualTo(seesAny(mask, positions, keys, token));
    }
    assertSeeingTokens(mask, keys, positions, visible);
  }

  private static void assertSeeingTokens(
      AttentionMask mask, int keys, SlicePositions positions, Visibility visible) {
    int[] seeing =
        IntStream.range(0, TOKENS).filter(token -> seesAny(mask, positions, keys, token)).toArray();
    int first = visible.firstSeeing(TOKENS);
    int end = visible.endSeeing(TOKENS);
    assertThat(first).isBetween(0, end);
    assertThat(end).isLessThanOrEqualTo(TOKENS);
    assertThat(IntStream.range(first, end).toArray())
        .as("%s, %s, %d keys", mask, positions, keys)
        .isEqualTo(seeing);
  }

  private static boolean seesAny(
      AttentionMask mask, SlicePositions positions, int keys, int token) {
    return IntStream.range(0, keys).anyMatch(key -> sees(mask, positions, token, key));
  }

  private static boolean sees(AttentionMask mask, SlicePositions positions, int token, int key) {
    return mask.sees(positions.firstQuery() + token, positions.firstKey() + key);
  }

  @ParameterizedTest
  @MethodSource("masks")
  void ofTheLastPositionsIsThatOfASliceThatIsAll(AttentionMask mask) {
    Visibility visible = Visibility.ofLast(mask, 20, TOKENS);

    assertThat(visible).isEqualTo(Visibility.ofSlice(mask, 20, new SlicePositions(0, 14)));
  }

  static Stream<Arguments> farPositions() {
    int most = Integer.MAX_VALUE;
    return masks()
        .flatMap(
            mask ->
                Stream.of(
                    Arguments.of(mask, 0, most - TOKENS),
                    Arguments.of(mask, most - 9, 0),
                    Arguments.of(mask, most - 9, most - TOKENS)));
  }

  @ParameterizedTest
  @MethodSource("farPositions")
  void theLargestPositionsDoNotOverflow(AttentionMask mask, int firstKey, int firstQuery) {
    SlicePositions positions = new SlicePositions(firstKey, firstQuery);
    Visibility visible = Visibility.ofSlice(mask, 9, positions);
    for (int token = 0; token < TOKENS; token++) {
      for (int key = 0; key < 9; key++) {
        boolean sees =
            key < visible.sinksTo(token) || (visible.from(token) <= key && key < visible.to(token));
        assertThat(sees).isEqualTo(sees(mask, positions, token, key));
      }
    }
    assertSeeingTokens(mask, 9, positions, visible);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void positionsAreNotNegative(int position) {
    assertThatThrownBy(() -> new SlicePositions(position, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("positions must be at least 0: first key %d, first query 3", position);
    assertThatThrownBy(() -> new SlicePositions(3, position))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("positions must be at least 0: first key 3, first query %d", position);
  }

  @Test
  void crossAttentionSeesAllWhereverItsQueriesWouldStand() {
    Visibility visible = Visibility.ofLast(AttentionMask.FULL, 4, 9);

    assertThat(visible.firstSeeing(9)).isZero();
    assertThat(visible.endSeeing(9)).isEqualTo(9);
    assertThat(visible.from(0)).isZero();
    assertThat(visible.to(0)).isEqualTo(4);
  }
}
