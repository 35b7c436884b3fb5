package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutputVerificationTest {

  @Test
  void promptAndOutputAreBothSpreadOver() {
    assertThat(OutputVerification.positions(71, 71 + 3))
        .containsExactly(0, 10, 20, 30, 40, 50, 60, 70, 71, 72, 73);
    assertThat(OutputVerification.positions(1, 1)).containsExactly(0);
  }
}
