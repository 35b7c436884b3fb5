package io.headroom.attention.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngineContract;
import org.junit.jupiter.api.Test;

class Nd4jAttentionEngineTest extends AttentionEngineContract {
  /** float32 products of up to a few hundred terms, in any order. */
  private static final double TOLERANCE = 2e-6;

  @Override
  protected AttentionEngine engine(int threads) {
    return new Nd4jAttentionEngine(threads);
  }

  @Override
  protected double tolerance() {
    return TOLERANCE;
  }

  @Test
  void saysWhichOpenBlasRuns() {
    try (AttentionEngine engine = engine(1)) {
      assertThat(engine.name()).isEqualTo("nd4j");
      assertThat(engine.detail()).matches("openblas-0\\.3\\.31-[a-z0-9]+");
    }
  }
}
