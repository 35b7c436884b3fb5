package io.headroom.peers;

import ai.onnxruntime.OrtEnvironment;
import java.util.Optional;

/** ONNX Runtime's contributed operator {@code GroupQueryAttention} on the CPU. */
final class OnnxRuntimePeer implements Peer {
  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public String detail() {
    return "onnxruntime-%s, MLAS (it tells no kernel names)"
        .formatted(OrtEnvironment.getEnvironment().getVersion());
  }

  @Override
  public Optional<String> unsupported(Workload workload) {
    return switch (workload.precision()) {
      case BF16 -> Optional.of("GroupQueryAttention has no CPU kernel for bf16, but for f16");
      case FP8 -> Optional.of("GroupQueryAttention has no CPU kernel for fp8");
      case F32, F16, INT8, INT4 -> Optional.empty();
    };
  }

  @Override
  public PreparedAttention prepare(Workload workload, BenchmarkData data) {
    return new OnnxRuntimeAttention(workload, data);
  }
}
