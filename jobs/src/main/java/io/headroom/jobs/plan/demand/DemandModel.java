package io.headroom.jobs.plan.demand;

import java.io.Serializable;

/**
 * What one request asks of a cluster, and what one replica of it has.
 *
 * @param ttftMillis from the arrival of a request to its first token, at least 0
 * @param tpotMillis from one token to the next, at least 0
 * @param kvBytesPerToken that a token of a sequence keeps, at least 0
 * @param kvBytesPerSequence that a sequence keeps whatever its length, such as states, at least 0
 * @param kvBytesPerReplica for all sequences of a replica, above 0
 * @param requestsPerSecondPerReplica that a replica serves of the trace as it is on average, above
 *     0
 * @param promptTokenMillis work of a token of a prompt, at least 0; only its ratio to the next
 *     counts
 * @param outputTokenMillis work of a token generated; where both are 0, all requests are the same
 *     work
 * @param acceleratorsPerReplica at least 1
 */
public record DemandModel(
    double ttftMillis,
    double tpotMillis,
    double kvBytesPerToken,
    double kvBytesPerSequence,
    double kvBytesPerReplica,
    double requestsPerSecondPerReplica,
    double promptTokenMillis,
    double outputTokenMillis,
    int acceleratorsPerReplica)
    implements Serializable {

  public DemandModel {
    requireNotNegative("ttftMillis", ttftMillis);
    requireNotNegative("tpotMillis", tpotMillis);
    requireNotNegative("kvBytesPerToken", kvBytesPerToken);
    requireNotNegative("kvBytesPerSequence", kvBytesPerSequence);
    requireNotNegative("promptTokenMillis", promptTokenMillis);
    requireNotNegative("outputTokenMillis", outputTokenMillis);
    requirePositive("kvBytesPerReplica", kvBytesPerReplica);
    requirePositive("requestsPerSecondPerReplica", requestsPerSecondPerReplica);
    requirePositive("acceleratorsPerReplica", acceleratorsPerReplica);
  }

  private static void requireNotNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "%s must be a number of at least 0: %s".formatted(name, value));
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("%s must be a number above 0: %s".formatted(name, value));
    }
  }

  double servingMillis(int outputTokens) {
    return ttftMillis + (outputTokens - 1) * tpotMillis;
  }

  /**
   * @param tokens kept by all sequences
   */
  double kvBytes(double tokens, double sequences) {
    return kvBytesPerToken * tokens + kvBytesPerSequence * sequences;
  }

  /** Of requests together, in units that only compare. */
  double work(long requests, long promptTokens, long outputTokens) {
    boolean allTheSame = promptTokenMillis == 0 && outputTokenMillis == 0;
    return allTheSame
        ? requests
        : promptTokenMillis * promptTokens + outputTokenMillis * outputTokens;
  }
}
