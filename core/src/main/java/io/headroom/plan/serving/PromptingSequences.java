package io.headroom.plan.serving;

/**
 * Those of an engine's sequences whose prompt is not done, in the order of their admission, and
 * what a step runs of them: from the first on, as many tokens as it may.
 */
final class PromptingSequences {
  private static final int NONE = Sequences.NONE;

  private final Sequences sequences;
  private final IntQueue queue = new IntQueue();
  private int runPrompts;
  private long runTokens;
  private long priorTokens;

  PromptingSequences(Sequences sequences) {
    this.sequences = sequences;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  void add(int slot) {
    queue.addLast(slot);
  }

  void removeYoungest() {
    queue.removeLast();
  }

  /** Of all of them, to run. */
  long leftTokens() {
    long tokens = 0;
    for (int i = 0; i < queue.size(); i++) {
      tokens += sequences.promptLeft(queue.get(i));
    }
    return tokens;
  }

  /**
   * @param mostTokens at least 1
   */
  void run(long mostTokens) {
    long left = mostTokens;
    runPrompts = 0;
    priorTokens = 0;
    for (int i = 0; i < queue.size() && left > 0; i++) {
      int slot = queue.get(i);
      int part = (int) Math.min(left, sequences.promptLeft(slot));
      runPrompts++;
      priorTokens += sequences.promptDone(slot);
      sequences.promptDone(slot, part);
      left -= part;
    }
    runTokens = mostTokens - left;
  }

  /** Prompts, or parts of them, in the step. */
  int runPrompts() {
    return runPrompts;
  }

  /** Of each on average. */
  double meanTokens() {
    return (double) runTokens / runPrompts;
  }

  /** Of each on average, that were there before the step. */
  double meanPriorTokens() {
    return (double) priorTokens / runPrompts;
  }

  /** Takes the next whose prompt is done; {@link Sequences#NONE} where none is. */
  int removeDone() {
    return queue.isEmpty() || sequences.promptLeft(queue.first()) > 0 ? NONE : queue.removeFirst();
  }
}
