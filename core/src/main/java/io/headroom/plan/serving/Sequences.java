package io.headroom.plan.serving;

import java.util.Arrays;

/**
 * The sequences in an engine, each in a slot that is used again, in the order in which they were
 * admitted.
 */
final class Sequences {
  static final int NONE = -1;
  private static final int FIRST_SLOTS = 64;

  private int[] request = new int[FIRST_SLOTS];

  /** Positions to run before the next token: the prompt, after a preemption all that it had. */
  private int[] promptTokens = new int[FIRST_SLOTS];

  private int[] promptDone = new int[FIRST_SLOTS];
  private int[] generated = new int[FIRST_SLOTS];
  private int[] sharedBlocks = new int[FIRST_SLOTS];
  private double[] sinceMillis = new double[FIRST_SLOTS];
  private int[] before = new int[FIRST_SLOTS];
  private int[] after = new int[FIRST_SLOTS];
  private int youngest = NONE;
  private int free = NONE;
  private int slots;
  private int count;

  int count() {
    return count;
  }

  /** The last to be admitted. */
  int youngest() {
    return youngest;
  }

  /** The one admitted before, {@link #NONE} before the first. */
  int before(int slot) {
    return before[slot];
  }

  /** The slot of a sequence that has nothing of its prompt yet. */
  int admit(int id, int prompt, int had, double millis) {
    int slot = free;
    if (slot == NONE) {
      slot = slots++;
      grow();
    } else {
      free = after[slot];
    }
    request[slot] = id;
    promptTokens[slot] = prompt;
    promptDone[slot] = 0;
    generated[slot] = had;
    sharedBlocks[slot] = 0;
    sinceMillis[slot] = millis;
    before[slot] = youngest;
    after[slot] = NONE;
    if (youngest != NONE) {
      after[youngest] = slot;
    }
    youngest = slot;
    count++;
    return slot;
  }

  void remove(int slot) {
    int older = before[slot];
    int younger = after[slot];
    if (older != NONE) {
      after[older] = younger;
    }
    if (younger == NONE) {
      youngest = older;
    } else {
      before[younger] = older;
    }
    after[slot] = free;
    free = slot;
    count--;
  }

  int request(int slot) {
    return request[slot];
  }

  int promptTokens(int slot) {
    return promptTokens[slot];
  }

  int promptDone(int slot) {
    return promptDone[slot];
  }

  int promptLeft(int slot) {
    return promptTokens[slot] - promptDone[slot];
  }

  void promptDone(int slot, int more) {
    promptDone[slot] += more;
  }

  /** Tokens so far; of one that decodes, as many as when it began to. */
  int generated(int slot) {
    return generated[slot];
  }

  void generated(int slot, int more) {
    generated[slot] += more;
  }

  /** Blocks of its prompt that it reads with others. */
  int sharedBlocks(int slot) {
    return sharedBlocks[slot];
  }

  void sharedBlocks(int slot, int blocks) {
    sharedBlocks[slot] = blocks;
  }

  double sinceMillis(int slot) {
    return sinceMillis[slot];
  }

  private void grow() {
    if (slots <= request.length) {
      return;
    }
    int more = 2 * request.length;
    request = Arrays.copyOf(request, more);
    promptTokens = Arrays.copyOf(promptTokens, more);
    promptDone = Arrays.copyOf(promptDone, more);
    generated = Arrays.copyOf(generated, more);
    sharedBlocks = Arrays.copyOf(sharedBlocks, more);
    sinceMillis = Arrays.copyOf(sinceMillis, more);
    before = Arrays.copyOf(before, more);
    after = Arrays.copyOf(after, more);
  }
}
