package io.headroom.plan.search;

/**
 * The fewest replicas for the rate that is asked for.
 *
 * @param replicas colocated, or those that run prompts
 * @param decodeReplicas of a pool of their own; 0: colocated
 * @param accelerators of all
 * @param requestsPerSecond that all together serve within the service levels
 */
public record FleetSize(
    long replicas, long decodeReplicas, long accelerators, double requestsPerSecond) {

  static FleetSize of(double rate, double ofReplica, int acceleratorsOfReplica) {
    long replicas = replicas(rate, ofReplica);
    return new FleetSize(replicas, 0, replicas * acceleratorsOfReplica, replicas * ofReplica);
  }

  static FleetSize of(double rate, double ofPrefill, double ofDecode, int acceleratorsOfReplica) {
    long prefill = replicas(rate, ofPrefill);
    long decode = replicas(rate, ofDecode);
    return new FleetSize(
        prefill,
        decode,
        (prefill + decode) * acceleratorsOfReplica,
        Math.min(prefill * ofPrefill, decode * ofDecode));
  }

  private static long replicas(double rate, double ofReplica) {
    return Math.max(1, (long) Math.ceil(rate / ofReplica));
  }

  private long acceleratorsOfReplica() {
    return accelerators / (replicas + decodeReplicas);
  }

  private double requestsPerSecondOfReplica() {
    return requestsPerSecond
        / (decodeReplicas == 0 ? replicas : Math.min(replicas, decodeReplicas));
  }

  /** The same with other numbers of replicas; what they serve is scaled. */
  private FleetSize with(long otherReplicas, long otherDecoding) {
    long counted = decodeReplicas == 0 ? otherReplicas : Math.min(otherReplicas, otherDecoding);
    return new FleetSize(
        otherReplicas,
        otherDecoding,
        (otherReplicas + otherDecoding) * acceleratorsOfReplica(),
        counted * requestsPerSecondOfReplica());
  }

  FleetSize with(long otherReplicas) {
    return with(otherReplicas, decodeReplicas);
  }

  FleetSize withDecoding(long otherDecoding) {
    return with(replicas, otherDecoding);
  }
}
