package io.headroom.plan.serving;

import java.util.Arrays;

/**
 * Those of an engine's sequences that decode. All of them get a token in a step, so that the sum of
 * their lengths and the blocks that they need move together, and a step costs the same however many
 * they are; only what begins or stops is looked at by itself.
 */
final class DecodingSequences {
  private static final int NONE = Sequences.NONE;

  private final int blockTokens;

  /** By the step in which they end, modulo the length: lists in the order of their start. */
  private final int[] endings;

  private int[] nextEnding = new int[0];
  private int[] keptAtStart = new int[0];
  private long[] firstStep = new long[0];
  private long[] lastStep = new long[0];

  /** How many need a block more in steps of a remainder. */
  private final int[] crossing;

  /** Of the next step. */
  private long step;

  private int remainder;
  private int count;
  private long keptTokens;

  /**
   * @param mostTokens that one of them has still to generate
   */
  DecodingSequences(int blockTokens, int mostTokens) {
    this.blockTokens = blockTokens;
    this.crossing = new int[blockTokens];
    this.endings = new int[Math.max(2, Integer.highestOneBit(mostTokens) << 1)];
    Arrays.fill(endings, NONE);
  }

  int count() {
    return count;
  }

  /** Positions in the cache of all of them. */
  long keptTokens() {
    return keptTokens;
  }

  /** Blocks that they need for the positions of the next step. */
  int neededBlocks() {
    return crossing[remainder];
  }

  /**
   * @param kept positions that it has in the cache
   * @param left tokens to generate, at least 1
   */
  void start(int slot, int kept, int left) {
    grow(slot);
    firstStep[slot] = step;
    lastStep[slot] = step + left - 1;
    keptAtStart[slot] = kept;
    crossing[remainder(slot)]++;
    count++;
    keptTokens += kept;
    int place = place(lastStep[slot]);
    nextEnding[slot] = NONE;
    if (endings[place] == NONE) {
      endings[place] = slot;
      return;
    }
    int last = endings[place];
    while (nextEnding[last] != NONE) {
      last = nextEnding[last];
    }
    nextEnding[last] = slot;
  }

  /**
   * All get a token.
   *
   * @return the first of those that it is the last of, which decode no longer; {@link
   *     Sequences#NONE}
   */
  int step() {
    keptTokens += count;
    int place = place(step);
    int ended = endings[place];
    endings[place] = NONE;
    step++;
    remainder = remainder + 1 == blockTokens ? 0 : remainder + 1;
    for (int slot = ended; slot != NONE; slot = nextEnding[slot]) {
      drop(slot);
    }
    return ended;
  }

  /** Of those that ended in the same step. */
  int nextEnded(int slot) {
    return nextEnding[slot];
  }

  /** Stops one before its end. */
  void stop(int slot) {
    int place = place(lastStep[slot]);
    if (endings[place] == slot) {
      endings[place] = nextEnding[slot];
    } else {
      int other = endings[place];
      while (nextEnding[other] != slot) {
        other = nextEnding[other];
      }
      nextEnding[other] = nextEnding[slot];
    }
    drop(slot);
  }

  private void drop(int slot) {
    crossing[remainder(slot)]--;
    count--;
    keptTokens -= kept(slot);
  }

  /** Positions in the cache, also of one that has just stopped. */
  long kept(int slot) {
    return keptAtStart[slot] + step - firstStep[slot];
  }

  /** Tokens that it got while it decoded. */
  int decoded(int slot) {
    return (int) (step - firstStep[slot]);
  }

  private int place(long ofStep) {
    return (int) (ofStep & (endings.length - 1));
  }

  /** Of the steps in which it needs one block more. */
  private int remainder(int slot) {
    return (int) Math.floorMod(firstStep[slot] - keptAtStart[slot], (long) blockTokens);
  }

  private void grow(int slot) {
    if (slot < nextEnding.length) {
      return;
    }
    int more = Math.max(64, 2 * slot);
    nextEnding = Arrays.copyOf(nextEnding, more);
    keptAtStart = Arrays.copyOf(keptAtStart, more);
    firstStep = Arrays.copyOf(firstStep, more);
    lastStep = Arrays.copyOf(lastStep, more);
  }
}
