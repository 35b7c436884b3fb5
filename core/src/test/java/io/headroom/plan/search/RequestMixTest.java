package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestMixTest {
  @Test
  void meansAreExact() {
    RequestMix mix = RequestMix.of(new int[] {10, 30}, new int[] {1, 5});

    assertThat(mix.inputTokens()).isEqualTo(20);
    assertThat(mix.outputTokens()).isEqualTo(3);
    assertThat(mix.decodeSteps()).isEqualTo(2);
    // Only the second decodes: four steps with 30 positions and what came before.
    assertThat(mix.keptTokens()).isEqualTo(32);
    assertThat(mix.leftTokens()).isEqualTo(2);
    assertThat(mix.severalTokens()).isEqualTo(0.5);
    assertThat(mix.longestTokens()).isEqualTo(35);
    assertThat(mix.inputVariation()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void pointsKeepMeanAndWeight() {
    int[] inputs = IntStream.rangeClosed(1, 1000).toArray();
    RequestMix mix = RequestMix.of(inputs, inputs);
    RequestMix.Points points = mix.prompts();

    double weight = 0;
    double mean = 0;
    for (int i = 0; i < points.count(); i++) {
      weight += points.weights()[i];
      mean += points.weights()[i] * points.values()[i];
    }
    assertThat(weight).isCloseTo(1, within(1e-9));
    assertThat(mean).isCloseTo(500.5, within(1e-6));
    assertThat(points.largest()).isGreaterThan(995);
    assertThat(mix.partAbove(2000)).isZero();
    assertThat(mix.partAbove(1)).isCloseTo(1, within(1e-9));
  }

  @Test
  void requestsOfOneTokenDecodeNothing() {
    RequestMix mix = RequestMix.of(new int[] {7, 9}, new int[] {1, 1});

    assertThat(mix.decodeSteps()).isZero();
    assertThat(mix.outputs().count()).isZero();
    assertThat(mix.keptTokens()).isEqualTo(8);
  }

  @Test
  void noRequestsAreNoMix() {
    assertThatThrownBy(() -> RequestMix.of(new int[0], new int[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("as many inputs as outputs are needed, at least one: 0, 0");
  }
}
