package io.headroom.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.host.HostProbe;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AttentionSpeedTest {
  private static final HostProbe.Peaks PEAKS = new HostProbe.Peaks(200, 40);

  @Test
  void ratesAreOfTheMedians() {
    AttentionSpeed speed =
        AttentionSpeed.of(
            samples(900, 1_000, 9_000), samples(400, 500), 50_000, OptionalLong.of(8_000), PEAKS);

    assertThat(speed.prefillGflops()).isEqualTo(50);
    assertThat(speed.fractionOfPeak()).isEqualTo(0.25);
    assertThat(speed.decodeGbps()).isEqualTo(20);
    assertThat(speed.fractionOfStream()).isEqualTo(0.5);
  }

  @Test
  void withoutCacheOrTokenNothingIsKnownOfDecode() {
    LatencyHistogram prefill = samples(10);

    for (AttentionSpeed speed :
        List.of(
            AttentionSpeed.of(prefill, samples(10), 1, OptionalLong.empty(), PEAKS),
            AttentionSpeed.of(prefill, samples(), 1, OptionalLong.of(8), PEAKS))) {
      assertThat(speed.decodeGbps()).isNaN();
      assertThat(speed.fractionOfStream()).isNaN();
    }
  }

  /** 10 pairs of 4 positions, 2 heads, 8 + 8 channels, 2 operations; and the same once more. */
  @Test
  void allLayersAreCounted() {
    Attention layer = new Attention(new AttentionShape(2, 1, 8, 8), AttentionMask.CAUSAL, 1);

    assertThat(AttentionSpeed.prefillFlops(List.of(layer, layer), 4)).isEqualTo(2 * 640);
  }

  @Test
  void theMiddleTokenSeesThePromptAndHalfOfTheOutput() {
    assertThat(AttentionSpeed.contextTokens(100, 16)).isEqualTo(108);
    assertThat(AttentionSpeed.contextTokens(100, 1)).isEqualTo(101);
    assertThat(AttentionSpeed.contextTokens(100, 0)).isEqualTo(100);
  }

  private static LatencyHistogram samples(long... nanos) {
    LatencyHistogram histogram = new LatencyHistogram();
    for (long each : nanos) {
      histogram.record(each);
    }
    return histogram;
  }
}
