package io.headroom.peers;

/**
 * One engine at one workload.
 *
 * @param kvBytes what this engine stores of keys and values and must read once
 */
record Measurement(
    Workload workload, int threads, String engine, long kvBytes, LatencySamples samples) {
  double gflops() {
    return (double) workload.flops() / samples.medianNanos();
  }

  double gigabytesPerSecond() {
    return (double) kvBytes / samples.medianNanos();
  }

  boolean isComparableWith(Measurement other) {
    return threads == other.threads && workload.equals(other.workload);
  }
}
