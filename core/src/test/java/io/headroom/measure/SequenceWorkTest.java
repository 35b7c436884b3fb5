package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.PhaseWork;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceWorkTest {
  private static final Attention FULL =
      new Attention(new AttentionShape(6, 2, 10, 8), AttentionMask.CAUSAL);
  private static final Attention WINDOWED =
      new Attention(new AttentionShape(3, 3, 4), AttentionMask.causalWindow(16, 0));
  private static final List<SequenceWork.Layer> LAYERS =
      List.of(
          new SequenceWork.Layer(FULL, cached -> 7 * cached),
          new SequenceWork.Layer(WINDOWED, cached -> Math.min(16, cached)));

  @Test
  void everyLayerCounts() {
    SequenceWork work = SequenceWork.of(LAYERS, true, 100, 10);

    assertThat(work.outputTokens()).isEqualTo(10);
    assertThat(work.prefill())
        .isEqualTo(PhaseWork.prefill(FULL, 100).plus(PhaseWork.prefill(WINDOWED, 100)));
    assertThat(work.numbers()).isEqualTo(110 * (6 * 10 + 2 * (10 + 8) + 3 * 4 + 3 * (4 + 4)));
  }

  /** The step in the middle of the output stands for all. */
  @Test
  void decodingReadsTheCache() {
    PhaseWork step = SequenceWork.of(LAYERS, true, 100, 10).decode();

    assertThat(step.calls()).isEqualTo(2);
    assertThat(step.flops()).isEqualTo(2 * (105 * 6 * (10 + 8) + 16 * 3 * (4 + 4)));
    assertThat(step.bytes()).isEqualTo(7 * 105 + 16);
  }

  @Test
  void withoutACacheAStepIsAPrefill() {
    assertThat(SequenceWork.of(LAYERS, false, 100, 10).decode())
        .isEqualTo(SequenceWork.prefill(LAYERS, 105));
  }

  @Test
  void aPrefillMovesAllTensors() {
    PhaseWork prefill = PhaseWork.prefill(FULL, 100);

    assertThat(prefill.calls()).isEqualTo(1);
    assertThat(prefill.flops()).isEqualTo(2 * (100 * 101 / 2) * 6 * (10 + 8));
    // Queries and outputs of every query head, keys and values of every KV head, in float32.
    assertThat(prefill.bytes()).isEqualTo(4 * 100 * (6 + 2) * (10 + 8));
  }

  @Test
  void theFirstLayerIsComparedAtSomePositions() {
    double ofTheFirst = SequenceWork.of(List.of(LAYERS.get(0)), true, 1000, 10).comparedFlops();

    assertThat(ofTheFirst).isEqualTo(2 * 8 * 2.0 * 1005 * 6 * (10 + 8) + 2 * 2 * 10 * 1010);
    assertThat(SequenceWork.of(LAYERS, true, 1000, 10).comparedFlops()).isEqualTo(ofTheFirst);
  }

  @Test
  void nothingOverflows() {
    SequenceWork work = SequenceWork.of(LAYERS, true, 1 << 30, (1 << 30) - 1);

    assertThat(work.numbers()).isEqualTo(((1L << 31) - 1) * 132.0);
    assertThat(work.prefill().flops()).isGreaterThan(1e19);
    assertThat(work.decode().bytes()).isGreaterThan(1e10);
  }
}
