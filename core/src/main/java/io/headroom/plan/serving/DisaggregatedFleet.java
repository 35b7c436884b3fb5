package io.headroom.plan.serving;

import java.util.Objects;

/**
 * Replicas that run prompts, and others that decode. The prompt and its first token come of the
 * first pool; then keys and values go over the link of the replica that made them, one request
 * after another, and the rest is decoded in the second pool. Room there is taken when the transfer
 * begins, room in the first is given back when it is done.
 *
 * @param transferMillisPerToken what the keys and values of a token take on the link
 * @param transferMillis what every transfer takes besides
 */
public record DisaggregatedFleet(
    ReplicaSetup prefill,
    int prefillReplicas,
    ReplicaSetup decode,
    int decodeReplicas,
    Routing routing,
    double transferMillisPerToken,
    double transferMillis)
    implements Fleet {
  /**
   * @throws IllegalArgumentException if a pool has no replica, or a time is negative
   */
  public DisaggregatedFleet {
    Objects.requireNonNull(prefill, "prefill");
    Objects.requireNonNull(decode, "decode");
    Objects.requireNonNull(routing, "routing");
    if (prefillReplicas < 1 || decodeReplicas < 1) {
      throw new IllegalArgumentException(
          "there must be at least 1 replica of each: %d, %d"
              .formatted(prefillReplicas, decodeReplicas));
    }
    if (!(transferMillisPerToken >= 0) || !(transferMillis >= 0)) {
      throw new IllegalArgumentException(
          "times of a transfer must not be negative: %s, %s"
              .formatted(transferMillisPerToken, transferMillis));
    }
  }

  double transferMillis(int tokens) {
    return transferMillis + transferMillisPerToken * tokens;
  }
}
