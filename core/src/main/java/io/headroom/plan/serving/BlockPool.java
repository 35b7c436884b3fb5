package io.headroom.plan.serving;

/**
 * The blocks of a cache: those that sequences use, and those that hold prompts of before until they
 * are needed. What is used is summed up over time.
 */
final class BlockPool {
  private static final int NO_TOKENS = 0;

  private final long size;
  private final int blockTokens;
  private final PrefixCache prefixes;
  private final int prefixTokens;
  private long used;
  private long peak;
  private double usedMillis;

  /** Without prefixes. */
  BlockPool(long size, int blockTokens) {
    this.size = size;
    this.blockTokens = blockTokens;
    this.prefixes = new PrefixCache(0, 1);
    this.prefixTokens = NO_TOKENS;
  }

  /**
   * @param distinct blocks of prompts
   * @param prefixTokens of each
   * @throws IllegalArgumentException if these are no whole blocks of the pool
   */
  BlockPool(long size, int blockTokens, int distinct, int prefixTokens) {
    if (prefixTokens % blockTokens != 0) {
      throw new IllegalArgumentException(
          "shared blocks must be whole blocks of the pool: %d tokens, %d"
              .formatted(prefixTokens, blockTokens));
    }
    this.size = size;
    this.blockTokens = blockTokens;
    this.prefixes = new PrefixCache(distinct, prefixTokens / blockTokens);
    this.prefixTokens = prefixTokens;
  }

  long size() {
    return size;
  }

  /** By sequences; what is kept of prompts that ended is not among them. */
  long used() {
    return used;
  }

  long peak() {
    return peak;
  }

  /** Blocks times milliseconds. */
  double usedMillis() {
    return usedMillis;
  }

  int blockTokens() {
    return blockTokens;
  }

  long blocks(long tokens) {
    return (tokens + blockTokens - 1) / blockTokens;
  }

  boolean hasRoom(long blocks) {
    return used + blocks <= size;
  }

  /** Nothing changes for so long. */
  void pass(double millis) {
    usedMillis += used * millis;
  }

  void take(long blocks) {
    used += blocks;
    peak = Math.max(peak, used);
    while (used + prefixes.unreadPoolBlocks() > size) {
      prefixes.drop();
    }
  }

  void give(long blocks) {
    used -= blocks;
  }

  boolean sharesPrefixes() {
    return prefixTokens > NO_TOKENS;
  }

  long unreadBlocks() {
    return prefixes.unreadPoolBlocks();
  }

  /**
   * How many shared blocks a prompt would find; at least one of its tokens is always computed.
   *
   * @param promptTokens to run, those of before a preemption included
   */
  int found(int[] blocks, int promptTokens) {
    return sharesPrefixes()
        ? prefixes.found(blocks, Math.min(blocks.length, (promptTokens - 1) / prefixTokens))
        : 0;
  }

  /** Blocks of the pool that so many shared blocks do not take, for others use them already. */
  long usedByOthers(int[] blocks, int count) {
    return count == 0 ? 0 : (long) prefixes.read(blocks, count) * prefixes.poolBlocks();
  }

  long sharedTokens(int count) {
    return (long) count * prefixTokens;
  }

  long sharedBlocks(int count) {
    return (long) count * prefixes.poolBlocks();
  }

  /** Takes a prompt's room, its first shared blocks as they are found. */
  void takePrompt(int promptTokens, int[] blocks, int found) {
    long more = blocks(promptTokens) - sharedBlocks(found);
    for (int i = 0; i < found; i++) {
      more += prefixes.read(blocks[i]) ? prefixes.poolBlocks() : 0;
    }
    take(more);
  }

  /** After a prompt, whose shared blocks others can find now: those that are there twice go. */
  void keepPrompt(int[] blocks, int found) {
    for (int i = found; i < blocks.length; i++) {
      if (prefixes.keep(blocks[i])) {
        continue;
      }
      if (!prefixes.read(blocks[i])) {
        used -= prefixes.poolBlocks();
      }
    }
  }

  /**
   * Gives back what a sequence used.
   *
   * @param tokens that it has room for
   * @param shared how many of its blocks it reads with others
   */
  void giveBack(long tokens, int[] blocks, int shared) {
    used -= blocks(tokens) - sharedBlocks(shared);
    for (int i = shared - 1; i >= 0; i--) {
      used -= prefixes.leave(blocks[i]) ? prefixes.poolBlocks() : 0;
    }
  }
}
