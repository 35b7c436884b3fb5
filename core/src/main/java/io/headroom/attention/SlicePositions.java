package io.headroom.attention;

/**
 * Where the keys and the queries of a call stand in their sequence: each are one run of
 * neighbouring positions.
 *
 * @param firstKey position of the first key that the cache holds; 0 unless the cache holds a slice
 *     of the sequence that begins later
 * @param firstQuery position of the first query; before, among or behind the keys
 */
public record SlicePositions(int firstKey, int firstQuery) {

  public SlicePositions {
    if (firstKey < 0 || firstQuery < 0) {
      throw new IllegalArgumentException(
          "positions must be at least 0: first key %d, first query %d"
              .formatted(firstKey, firstQuery));
    }
  }
}
