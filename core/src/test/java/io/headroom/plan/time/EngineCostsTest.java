package io.headroom.plan.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EngineCostsTest {
  private static final EngineCosts COSTS =
      new EngineCosts("some", 2, 0.5, 1.1, OptionalInt.of(14), 0.2, 0.5, "a test");

  @Test
  void theHostTakesLongerWithMoreSequences() {
    assertThat(COSTS.millis(new StepMillis(10, 48, 0), "0.12.0")).isEqualTo(4 + 11);
  }

  @Test
  void aStepWithPromptsLastsAtLeastAsLongAsItsLaunches() {
    assertThat(COSTS.millis(new StepMillis(10, 0, 40), "0.12.0")).isEqualTo(2 + 20);
    assertThat(COSTS.millis(new StepMillis(30, 0, 40), "0.12.0")).isEqualTo(2 + 33);
  }

  @Test
  void laterReleasesHideTheHost() {
    assertThat(COSTS.millis(new StepMillis(10, 48, 0), "0.14.1")).isEqualTo(11);
    assertThat(COSTS.millis(new StepMillis(1, 48, 0), "0.18.0")).isEqualTo(4);
    assertThat(COSTS.millis(new StepMillis(10, 48, 0), "")).isEqualTo(11);
  }

  @Test
  void nothingFittedIsKernelsAlone() {
    assertThat(COSTS.unfitted().millis(new StepMillis(10, 48, 40), "")).isEqualTo(10);
  }

  @Test
  void everyKnownEngineHasCostsThatCanBe() {
    assertThat(EngineCosts.known())
        .extracting(EngineCosts::engine)
        .containsExactly("vllm", "sglang", "trtllm");
  }

  @Test
  void costsAreNotNegative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> COSTS.with(-1, 0, 1, ""))
        .withMessage("costs of some must not be negative, nor its scale 0: -1.0, 0.0, 1.0");
  }
}
