package io.headroom.attention.vector;

import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngineContract;
import org.junit.jupiter.api.Tag;

@Tag("kernels")
class VectorAttentionEngineContractTest extends AttentionEngineContract {
  /** float32 products of up to a few hundred terms, in any order. */
  private static final double TOLERANCE = 2e-6;

  @Override
  protected AttentionEngine engine(int threads) {
    return new VectorAttentionEngine(threads);
  }

  @Override
  protected double tolerance() {
    return TOLERANCE;
  }
}
