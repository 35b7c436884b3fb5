package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.AttentionMask;
import io.headroom.attention.SlicePositions;
import io.headroom.attention.Visibility;
import io.headroom.attention.nd4j.QueryBlock.KeySpan;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QueryBlockTest {

  static Stream<AttentionMask> masks() {
    return Stream.of(
        AttentionMask.FULL,
        AttentionMask.CAUSAL,
        AttentionMask.causalWindow(1, 0),
        AttentionMask.causalWindow(1, 9),
        AttentionMask.causalWindow(6, 0),
        AttentionMask.causalWindow(6, 3),
        AttentionMask.causalWindow(40, 5),
        new AttentionMask(false, 6, 0),
        new AttentionMask(false, 6, 3),
        new AttentionMask(false, Integer.MAX_VALUE, 3));
  }

  @ParameterizedTest
  @MethodSource("masks")
  void seesWhatTheMaskSees(AttentionMask mask) {
    for (int keys : new int[] {1, 2, 7, 30}) {
      for (int queries = 1; queries <= keys; queries += 3) {
        assertBlocksSee(mask, keys, queries, new SlicePositions(0, keys - queries));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("masks")
  void seesOfASliceWhatTheMaskSees(AttentionMask mask) {
    int queries = 5;
    for (int keys : new int[] {1, 7}) {
      for (int firstKey : new int[] {0, 2, 11}) {
        for (int firstQuery = 0; firstQuery < firstKey + keys + 9; firstQuery++) {
          assertBlocksSee(mask, keys, queries, new SlicePositions(firstKey, firstQuery));
        }
      }
    }
  }

  private static void assertBlocksSee(
      AttentionMask mask, int keys, int queries, SlicePositions positions) {
    Visibility visible = Visibility.ofSlice(mask, keys, positions);
    int end = visible.endSeeing(queries);
    for (int first = visible.firstSeeing(queries); first < end; first++) {
      for (int tokens = 1; first + tokens <= end; tokens++) {
        assertSees(mask, keys, positions, QueryBlock.of(visible, first, tokens));
      }
    }
  }

  private static void assertSees(
      AttentionMask mask, int keys, SlicePositions positions, QueryBlock block) {
    assertThat(block.spans()).isNotEmpty().allMatch(span -> span.length() > 0);
    for (int token = 0; token < block.tokens(); token++) {
      int position = positions.firstQuery() + block.firstToken() + token;
      boolean[] expected = new boolean[keys];
      for (int key = 0; key < keys; key++) {
        expected[key] = mask.sees(position, positions.firstKey() + key);
      }
      assertThat(seen(block, token, keys))
          .as("%s, %s, query %d", block, positions, position)
          .isEqualTo(expected);
    }
  }

  private static boolean[] seen(QueryBlock block, int token, int keys) {
    boolean[] seen = new boolean[keys];
    int hiddenFrom = block.hidesKeys() ? block.firstHiddenColumn() : block.columns();
    int width = block.columns() - hiddenFrom;
    float[] hidden = block.hidesKeys() ? block.hidden() : new float[0];
    for (KeySpan span : block.spans()) {
      for (int key = span.from(); key < span.to(); key++) {
        int column = span.column() + key - span.from();
        seen[key] = column < hiddenFrom || hidden[token * width + column - hiddenFrom] == 0;
      }
    }
    return seen;
  }
}
