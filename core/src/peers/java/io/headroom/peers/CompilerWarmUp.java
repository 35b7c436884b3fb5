package io.headroom.peers;

import io.headroom.measure.WarmUp;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Lets the JVM compile an engine before anything is measured, on small versions of all workloads:
 * it compiles by how often a loop ran and by what it met there, not by how large the work was.
 * Libraries in native code were compiled long ago.
 */
final class CompilerWarmUp {
  private static final int MOST_TOKENS = 512;
  private static final long LONGEST_NANOS = 2_000_000_000;

  private CompilerWarmUp() {}

  static void run(Peer peer, List<Workload> workloads, List<Integer> threadCounts) {
    workloads.stream()
        .map(CompilerWarmUp::small)
        .distinct()
        .forEach(workload -> run(peer, workload, threadCounts));
  }

  private static Workload small(Workload workload) {
    return new Workload(
        workload.phase(),
        workload.shape(),
        Math.min(MOST_TOKENS, workload.tokens()),
        workload.precision());
  }

  private static void run(Peer peer, Workload workload, List<Integer> threadCounts) {
    try (BenchmarkData data = new BenchmarkData(workload);
        PreparedAttention attention = peer.prepare(workload, data)) {
      for (int threads : threadCounts) {
        attention.useThreads(threads);
        attention.beginTurn();
        LongSupplier timedRun =
            () -> {
              long began = System.nanoTime();
              attention.run();
              return System.nanoTime() - began;
            };
        WarmUp.run(timedRun, LONGEST_NANOS);
      }
    }
  }
}
