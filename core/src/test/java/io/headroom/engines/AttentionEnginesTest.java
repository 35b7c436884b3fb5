package io.headroom.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.attention.AttentionEngine;
import org.junit.jupiter.api.Test;

class AttentionEnginesTest {

  @Test
  void everyNameMakesTheEngineOfThatName() {
    assertThat(AttentionEngines.NAMES).containsExactly("vector", "nd4j", "reference");
    for (String name : AttentionEngines.NAMES) {
      try (AttentionEngine engine = AttentionEngines.create(name, 1)) {
        assertThat(engine.name()).isEqualTo(name);
        assertThat(engine.detail()).isNotBlank();
      }
    }
  }

  @Test
  void anUnknownNameIsTheUsersMistake() {
    for (String name : new String[] {"blas", "Vector", ""}) {
      assertThatThrownBy(() -> AttentionEngines.create(name, 1))
          .isInstanceOf(UserException.class)
          .hasMessage("unknown engine " + name + "; allowed: vector, nd4j, reference");
    }
  }

  @Test
  void enginesThatUseThreadsNeedOne() {
    for (String name : new String[] {"vector", "nd4j"}) {
      assertThatThrownBy(() -> AttentionEngines.create(name, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("threads must be at least 1: 0");
    }
  }
}
