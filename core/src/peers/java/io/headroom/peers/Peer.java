package io.headroom.peers;

import java.util.Optional;

/** A library that computes attention. */
interface Peer {
  /** The name in the results. */
  String name();

  /** Version, and which kernels it chose for this processor. */
  String detail();

  /** What it lacks for a workload, in one line; empty if it can do it. */
  Optional<String> unsupported(Workload workload);

  /** Makes everything that is not measured: caches, tensors, sessions. */
  PreparedAttention prepare(Workload workload, BenchmarkData data);
}
