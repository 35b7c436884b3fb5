package io.headroom.plan.serving;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What clients send: when, how many tokens of prompt, and how many are to be generated. Beside that
 * the blocks that prompts share may be known, and which request waits for the end of another.
 */
public final class Requests {
  /** In place of a previous request: it waits for none. */
  public static final int NONE = -1;

  private static final int[] NO_BLOCKS = {};

  private final double[] arrivalMillis;
  private final int[] inputTokens;
  private final int[] outputTokens;
  private final int mostOutputTokens;
  private final int[][] prefixBlocks;
  private final int distinctPrefixBlocks;
  private final int prefixBlockTokens;
  private final int[] previous;
  private final double[] delayMillis;

  /**
   * @param arrivalMillis from the beginning, in order
   * @param inputTokens at least 1 each
   * @param outputTokens at least 1 each
   * @throws IllegalArgumentException if they differ in number, or one is out of order or range
   */
  public Requests(double[] arrivalMillis, int[] inputTokens, int[] outputTokens) {
    this(
        arrivalMillis.clone(),
        inputTokens.clone(),
        outputTokens.clone(),
        new int[0][],
        0,
        1,
        new int[0],
        new double[0]);
    requireSameCount(inputTokens.length, "inputs");
    requireSameCount(outputTokens.length, "outputs");
    requireOrder();
    for (int i = 0; i < count(); i++) {
      if (inputTokens[i] < 1 || outputTokens[i] < 1) {
        throw new IllegalArgumentException(
            "tokens must be at least 1: %d, %d at %d"
                .formatted(inputTokens[i], outputTokens[i], i));
      }
    }
  }

  private Requests(
      double[] arrivalMillis,
      int[] inputTokens,
      int[] outputTokens,
      int[][] prefixBlocks,
      int distinctPrefixBlocks,
      int prefixBlockTokens,
      int[] previous,
      double[] delayMillis) {
    this.arrivalMillis = arrivalMillis;
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.mostOutputTokens = Arrays.stream(outputTokens).max().orElse(1);
    this.prefixBlocks = prefixBlocks;
    this.distinctPrefixBlocks = distinctPrefixBlocks;
    this.prefixBlockTokens = prefixBlockTokens;
    this.previous = previous;
    this.delayMillis = delayMillis;
  }

  /**
   * The same requests at other times.
   *
   * @throws IllegalArgumentException if their number is another, or one is out of order or range
   */
  public Requests arrivingAt(double[] millis) {
    requireSameCount(millis.length, "arrivals");
    Requests other =
        new Requests(
            millis.clone(),
            inputTokens,
            outputTokens,
            prefixBlocks,
            distinctPrefixBlocks,
            prefixBlockTokens,
            previous,
            delayMillis);
    other.requireOrder();
    return other;
  }

  /**
   * The same requests with the blocks that their prompts are made of, so that what several begin
   * with is kept once and computed once.
   *
   * @param blocks of each prompt from its first token on: equal numbers are equal tokens behind
   *     equal tokens; the last may be of fewer tokens, and blocks may be missing at the end
   * @param blockTokens of a block, such as 512 in Mooncake's traces
   * @throws IllegalArgumentException if their number is another, or one has more blocks than tokens
   */
  public Requests withPrefixBlocks(int[][] blocks, int blockTokens) {
    requireSameCount(blocks.length, "lists of blocks");
    if (blockTokens < 1) {
      throw new IllegalArgumentException("a block has at least 1 token: " + blockTokens);
    }
    Map<Integer, Integer> numbers = new HashMap<>();
    int[][] numbered = new int[blocks.length][];
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i].length > ((long) inputTokens[i] + blockTokens - 1) / blockTokens) {
        throw new IllegalArgumentException(
            "more blocks than %d tokens are: %d at %d"
                .formatted(inputTokens[i], blocks[i].length, i));
      }
      // Only whole blocks are ever found again.
      int whole = Math.min(blocks[i].length, inputTokens[i] / blockTokens);
      numbered[i] = new int[whole];
      for (int j = 0; j < whole; j++) {
        Integer number = numbers.putIfAbsent(blocks[i][j], numbers.size());
        numbered[i][j] = number == null ? numbers.size() - 1 : number;
      }
    }
    return new Requests(
        arrivalMillis,
        inputTokens,
        outputTokens,
        numbered,
        numbers.size(),
        blockTokens,
        previous,
        delayMillis);
  }

  /**
   * The same requests, some of which wait for others: a session of turns, or a client that sends
   * its next request when it has the answer to its last.
   *
   * @param previousRequests an earlier one for each, after whose end it arrives whatever its own
   *     time says; {@link #NONE}: it arrives at its own time
   * @param delays milliseconds from that end to the arrival
   * @throws IllegalArgumentException if their number is another, a previous one is not earlier, or
   *     a delay is negative
   */
  public Requests inSessions(int[] previousRequests, double[] delays) {
    requireSameCount(previousRequests.length, "previous requests");
    requireSameCount(delays.length, "delays");
    for (int i = 0; i < count(); i++) {
      if (previousRequests[i] < NONE || previousRequests[i] >= i) {
        throw new IllegalArgumentException(
            "a previous request must be an earlier one: %d at %d"
                .formatted(previousRequests[i], i));
      }
      if (!(delays[i] >= 0) || Double.isInfinite(delays[i])) {
        throw new IllegalArgumentException(
            "a delay must not be negative: %s at %d".formatted(delays[i], i));
      }
    }
    return new Requests(
        arrivalMillis,
        inputTokens,
        outputTokens,
        prefixBlocks,
        distinctPrefixBlocks,
        prefixBlockTokens,
        previousRequests.clone(),
        delays.clone());
  }

  public int count() {
    return arrivalMillis.length;
  }

  /** As it was given: where a previous request is known, the end of that one decides. */
  public double arrivalMillis(int request) {
    return arrivalMillis[request];
  }

  public int inputTokens(int request) {
    return inputTokens[request];
  }

  public int outputTokens(int request) {
    return outputTokens[request];
  }

  /** {@link #NONE} where it waits for none. */
  public int previous(int request) {
    return previous.length == 0 ? NONE : previous[request];
  }

  public double delayMillis(int request) {
    return delayMillis.length == 0 ? 0 : delayMillis[request];
  }

  boolean hasSessions() {
    return previous.length > 0;
  }

  boolean hasPrefixBlocks() {
    return distinctPrefixBlocks > 0;
  }

  int distinctPrefixBlocks() {
    return distinctPrefixBlocks;
  }

  int prefixBlockTokens() {
    return prefixBlockTokens;
  }

  /** The whole blocks of its prompt, numbered from 0; not to be changed. */
  int[] wholePrefixBlocks(int request) {
    return prefixBlocks.length == 0 ? NO_BLOCKS : prefixBlocks[request];
  }

  int mostOutputTokens() {
    return mostOutputTokens;
  }

  private void requireSameCount(int count, String what) {
    if (count != count()) {
      throw new IllegalArgumentException(
          "as many %s as arrivals: %d, %d".formatted(what, count, count()));
    }
  }

  private void requireOrder() {
    double last = 0;
    for (int i = 0; i < count(); i++) {
      if (previous(i) != NONE) {
        continue;
      }
      if (!(arrivalMillis[i] >= last) || Double.isInfinite(arrivalMillis[i])) {
        throw new IllegalArgumentException(
            "arrivals must be in order and from 0: %s at %d".formatted(arrivalMillis[i], i));
      }
      last = arrivalMillis[i];
    }
  }
}
