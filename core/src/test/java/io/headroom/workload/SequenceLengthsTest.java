package io.headroom.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceLengthsTest {

  @Test
  void countsPromptAndOutput() {
    assertThat(new SequenceLengths(374, 44).totalTokens()).isEqualTo(418);
    assertThat(new SequenceLengths(1, 0).totalTokens()).isEqualTo(1);
    assertThat(new SequenceLengths(1, Integer.MAX_VALUE - 1).totalTokens())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void refusesWhatIsNoSequence() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceLengths(0, 1))
        .withMessage("prompt tokens must be at least 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceLengths(1, -1))
        .withMessage("output tokens must be at least 0: -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SequenceLengths(2, Integer.MAX_VALUE - 1))
        .withMessage("prompt and output tokens must come to 2147483647 at most: 2 + 2147483646");
  }

  @Test
  void listsEveryLengthCountTimesInOrder() {
    assertThat(new LengthList(List.of(128, 2048, 512), 2).promptTokens())
        .containsExactly(128, 128, 2048, 2048, 512, 512);
  }

  @Test
  void refusesListsWithoutSequences() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LengthList(List.of(), 1))
        .withMessage("lengths must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LengthList(List.of(128, 0), 1))
        .withMessage("lengths must be at least 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LengthList(List.of(128), 0))
        .withMessage("count must be at least 1: 0");
  }
}
