package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.AttentionMask;
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
        for (int tokens = 1; tokens <= queries; tokens++) {
          for (int first = 0; first + tokens <= queries; first++) {
            assertSees(mask, keys, queries, QueryBlock.of(mask, keys, queries, first, tokens));
          }
        }
      }
    }
  }

  private static void assertSees(AttentionMask mask, int keys, int queries, QueryBlock block) {
    for (int token = 0; token < block.tokens(); token++) {
      int position = keys - queries + block.firstToken() + token;
      boolean[] expected = new boolean[keys];
      for (int key = 0; key < keys; key++) {
        expected[key] = mask.sees(position, key);
      }
      assertThat(seen(block, token, keys)).as("%s, query %d", block, position).isEqualTo(expected);
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
