package io.headroom.attention.nd4j;

import io.headroom.attention.AttentionMask;
import java.util.Arrays;
import java.util.List;

/**
 * Queries that are computed at once, and the keys that at least one of them sees. Scores have a
 * column for each such key: the sinks first, then the rest.
 *
 * @param firstToken index of the first query among the queries
 * @param tokens queries in the block
 * @param firstPosition position of the first query among the keys; it means nothing to a mask that
 *     is neither causal nor windowed
 * @param sinks keys from 0 on that are seen although they lie before {@code keysFrom}
 * @param keysFrom first key that is seen after the sinks
 * @param keysTo end of the keys that are seen, exclusive
 */
record QueryBlock(
    AttentionMask mask,
    int firstToken,
    int tokens,
    int firstPosition,
    int sinks,
    int keysFrom,
    int keysTo) {

  /** Keys that lie together, in scores and in the cache. */
  record KeySpan(int from, int to, int column) {
    int length() {
      return to - from;
    }
  }

  static QueryBlock of(AttentionMask mask, int keys, int queries, int firstToken, int tokens) {
    int firstPosition = keys - queries + firstToken;
    int keysTo = mask.causal() ? firstPosition + tokens : keys;
    int keysFrom = mask.isWindowed() ? Math.max(0, firstPosition - mask.window() + 1) : 0;
    int sinks = Math.min(mask.sinks(), keysFrom);
    return new QueryBlock(mask, firstToken, tokens, firstPosition, sinks, keysFrom, keysTo);
  }

  int columns() {
    return sinks + keysTo - keysFrom;
  }

  List<KeySpan> spans() {
    KeySpan rest = new KeySpan(keysFrom, keysTo, sinks);
    return sinks == 0 ? List.of(rest) : List.of(new KeySpan(0, sinks, 0), rest);
  }

  /** Whether some query of the block does not see some key of the block. */
  boolean hidesKeys() {
    return tokens > 1 && (mask.causal() || mask.isWindowed());
  }

  /** First column that is hidden from some query. */
  int firstHiddenColumn() {
    return mask.isWindowed() ? 0 : columns() - tokens + 1;
  }

  /** What to add to the scores from the first hidden column on: 0, or minus infinity if hidden. */
  float[] hidden() {
    int width = columns() - firstHiddenColumn();
    float[] hidden = new float[tokens * width];
    for (int token = 0; token < tokens; token++) {
      int row = token * width;
      int position = firstPosition + token;
      if (mask.isWindowed()) {
        int seenFrom = Math.max(position - mask.window() + 1, Math.max(mask.sinks(), keysFrom));
        int from = Math.min(keysTo, Math.max(mask.sinks(), keysFrom));
        hide(hidden, row, column(from), column(Math.min(keysTo, seenFrom)));
      }
      if (mask.causal()) {
        hide(hidden, row, column(position + 1) - firstHiddenColumn(), width);
      }
    }
    return hidden;
  }

  private int column(int key) {
    return sinks + key - keysFrom;
  }

  private static void hide(float[] hidden, int row, int from, int to) {
    Arrays.fill(hidden, row + from, row + to, Float.NEGATIVE_INFINITY);
  }
}
