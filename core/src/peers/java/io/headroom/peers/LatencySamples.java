package io.headroom.peers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Durations of one engine at one workload, of all its turns together. */
final class LatencySamples {
  private final List<Long> nanos = new ArrayList<>();
  private boolean sorted;

  void add(long sampleNanos, long count) {
    nanos.addAll(Collections.nCopies(Math.toIntExact(count), sampleNanos));
    sorted = false;
  }

  int count() {
    return nanos.size();
  }

  /**
   * The nearest rank: the smallest sample that at least so many percent do not exceed.
   *
   * @throws IllegalStateException if there is no sample
   */
  long percentileNanos(int percent) {
    if (nanos.isEmpty()) {
      throw new IllegalStateException("no samples");
    }
    if (!sorted) {
      Collections.sort(nanos);
      sorted = true;
    }
    int rank = (int) Math.ceil(nanos.size() * percent / 100.0);
    return nanos.get(Math.max(1, rank) - 1);
  }

  long medianNanos() {
    return percentileNanos(50);
  }
}
