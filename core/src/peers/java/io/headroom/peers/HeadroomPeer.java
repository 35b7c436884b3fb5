package io.headroom.peers;

import io.headroom.attention.AttentionEngine;
import io.headroom.engines.AttentionEngines;
import java.util.Optional;

/** An engine of this project. */
final class HeadroomPeer implements Peer {
  private final String name;
  private final String detail;

  HeadroomPeer(String name) {
    this.name = name;
    try (AttentionEngine engine = AttentionEngines.create(name, 1)) {
      this.detail = engine.detail();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String detail() {
    return detail;
  }

  @Override
  public Optional<String> unsupported(Workload workload) {
    try (AttentionEngine engine = AttentionEngines.create(name, 1)) {
      return engine.unsupported(workload.attention(), workload.cacheSpec());
    }
  }

  @Override
  public PreparedAttention prepare(Workload workload, BenchmarkData data) {
    return new HeadroomAttention(name, workload, data);
  }
}
