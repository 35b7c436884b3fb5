package io.headroom.kvcache;

/**
 * The keys and values of one layer for one sequence. An engine makes the cache that it reads best;
 * caches differ in layout, not in meaning. Not safe for use by several threads at once.
 */
public interface KvCache extends AutoCloseable {

  KvCacheSpec spec();

  /**
   * Positions appended so far and not truncated, whether still kept or already out of the window.
   */
  int length();

  /**
   * Appends positions.
   *
   * @param keys {@code [kvHeads, tokens, keyDim]}
   * @param values {@code [kvHeads, tokens, valueDim]}
   * @throws KvCapacityException if the capacity would be exceeded; nothing is appended then
   * @throws IllegalArgumentException if the shapes do not fit the cache
   */
  void append(HeadTensor keys, HeadTensor values);

  /**
   * Forgets all positions from {@code length} on.
   *
   * @throws IllegalArgumentException if {@code length} is negative, above {@link #length()}, or so
   *     far back that a windowed cache no longer holds the window before it; 0 is always possible
   */
  void truncate(int length);

  /** Bytes really held: numbers, scales, padding and slack, whatever the length. */
  long allocatedBytes();

  /** Releases memory outside the heap, where the cache has any. */
  @Override
  default void close() {}
}
