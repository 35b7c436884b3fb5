package io.headroom.plan.serving;

import java.util.Arrays;

/**
 * Blocks of prompts that were computed, by number. Those that running sequences read stay; the
 * others stay until their room is needed, the least recently used going first, and of one prompt
 * the last first. Two sequences that compute the same block at once keep it twice until both have
 * it. Blocks of generated tokens have no number, and are not found again.
 */
final class PrefixCache {
  private static final int NONE = -1;

  /** Of a block, in blocks of the pool. */
  private final int poolBlocks;

  /** Sequences that read a block; {@link #NONE} where it is not there. */
  private final int[] readers;

  /** Blocks that nobody reads, from the one to go first; the ends are behind the last number. */
  private final int[] older;

  private final int[] younger;
  private final int ends;
  private int unread;

  /**
   * @param distinct numbers of blocks, from 0
   * @param poolBlocks of the pool that one of them takes
   */
  PrefixCache(int distinct, int poolBlocks) {
    this.poolBlocks = poolBlocks;
    this.readers = new int[distinct];
    Arrays.fill(readers, NONE);
    this.ends = distinct;
    this.older = new int[distinct + 1];
    this.younger = new int[distinct + 1];
    older[ends] = ends;
    younger[ends] = ends;
  }

  int poolBlocks() {
    return poolBlocks;
  }

  /** How many of the first so many blocks are there without a gap. */
  int found(int[] blocks, int most) {
    int count = 0;
    while (count < most && readers[blocks[count]] != NONE) {
      count++;
    }
    return count;
  }

  /** How many of the first so many blocks somebody reads. */
  int read(int[] blocks, int count) {
    int read = 0;
    for (int i = 0; i < count; i++) {
      read += readers[blocks[i]] > 0 ? 1 : 0;
    }
    return read;
  }

  /** Blocks of the pool that hold what nobody reads. */
  long unreadPoolBlocks() {
    return (long) unread * poolBlocks;
  }

  /** Begins to read a block; whether nobody had read it before. */
  boolean read(int block) {
    if (readers[block] != 0) {
      readers[block]++;
      return false;
    }
    readers[block] = 1;
    older[younger[block]] = older[block];
    younger[older[block]] = younger[block];
    unread--;
    return true;
  }

  /** Takes a block that was computed, and reads it; false where it was there: then it is read. */
  boolean keep(int block) {
    if (readers[block] != NONE) {
      return false;
    }
    readers[block] = 1;
    return true;
  }

  /** Reads a block no longer; whether nobody reads it any more. */
  boolean leave(int block) {
    if (--readers[block] > 0) {
      return false;
    }
    older[block] = older[ends];
    younger[block] = ends;
    younger[older[ends]] = block;
    older[ends] = block;
    unread++;
    return true;
  }

  /** Drops the one that was left first. */
  void drop() {
    int block = younger[ends];
    younger[ends] = younger[block];
    older[younger[block]] = ends;
    readers[block] = NONE;
    unread--;
  }
}
