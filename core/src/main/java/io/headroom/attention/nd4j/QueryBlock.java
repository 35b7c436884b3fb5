package io.headroom.attention.nd4j;

import io.headroom.attention.Visibility;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Queries that are computed at once, and the keys that at least one of them sees. Scores have a
 * column for each such key: the sinks first, then the rest.
 *
 * @param firstToken index of the first query among the queries; as the others it sees a key
 * @param tokens queries in the block; at least 1
 * @param sinks keys from 0 on that are seen although they lie before {@code keysFrom}
 * @param keysFrom first key that is seen after the sinks
 * @param keysTo end of the keys that are seen, exclusive
 */
record QueryBlock(
    Visibility visible, int firstToken, int tokens, int sinks, int keysFrom, int keysTo) {

  /** Keys that lie together, in scores and in the cache. */
  record KeySpan(int from, int to, int column) {
    int length() {
      return to - from;
    }
  }

  static QueryBlock of(Visibility visible, int firstToken, int tokens) {
    int lastToken = firstToken + tokens - 1;
    int keysFrom = visible.from(firstToken);
    int sinks = Math.min(visible.sinksTo(lastToken), keysFrom);
    return new QueryBlock(visible, firstToken, tokens, sinks, keysFrom, visible.to(lastToken));
  }

  int columns() {
    return sinks + keysTo - keysFrom;
  }

  /** One or two, none of them empty. */
  List<KeySpan> spans() {
    return Stream.of(new KeySpan(0, sinks, 0), new KeySpan(keysFrom, keysTo, sinks))
        .filter(span -> span.length() > 0)
        .toList();
  }

  /** Whether some query of the block does not see some key of the block. */
  boolean hidesKeys() {
    return firstHiddenColumn() < columns();
  }

  /** First column that may be hidden from some query; the number of columns where none is. */
  int firstHiddenColumn() {
    if (tokens == 1) {
      return columns();
    }
    return visible.mask().isWindowed() ? 0 : column(visible.to(firstToken));
  }

  /** What to add to the scores from the first hidden column on: 0, or minus infinity if hidden. */
  float[] hidden() {
    int first = firstHiddenColumn();
    int width = columns() - first;
    float[] hidden = new float[tokens * width];
    for (int i = 0; i < tokens; i++) {
      int token = firstToken + i;
      int row = i * width - first;
      int sinksTo = visible.sinksTo(token);
      hide(hidden, row, column(sinksTo), column(visible.from(token)));
      hide(hidden, row, column(Math.max(sinksTo, visible.to(token))), columns());
    }
    return hidden;
  }

  /** Of a key; of one that no query sees, where the next would be. */
  private int column(int key) {
    return key <= sinks ? key : sinks + Math.max(0, key - keysFrom);
  }

  private static void hide(float[] hidden, int row, int from, int to) {
    if (from < to) {
      Arrays.fill(hidden, row + from, row + to, Float.NEGATIVE_INFINITY);
    }
  }
}
