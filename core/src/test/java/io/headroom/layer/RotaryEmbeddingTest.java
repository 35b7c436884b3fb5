package io.headroom.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.kvcache.HeadTensor;
import io.headroom.model.config.RotaryConfig;
import io.headroom.testkit.GaussianTensors;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RotaryEmbeddingTest {
  private static final float TOLERANCE = 1e-6f;

  @Test
  void turnsChannelsOfBothHalvesTogether() {
    HeadTensor rows = HeadTensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);

    RotaryEmbedding.of(4, 10_000).rotate(rows, 5);

    assertThat(rows.data()[0])
        .isCloseTo((float) (Math.cos(5) - 3 * Math.sin(5)), within(TOLERANCE));
    assertThat(rows.data()[2])
        .isCloseTo((float) (3 * Math.cos(5) + Math.sin(5)), within(TOLERANCE));
    assertThat(rows.data()[1])
        .isCloseTo((float) (2 * Math.cos(0.05) - 4 * Math.sin(0.05)), within(TOLERANCE));
    assertThat(rows.data()[3])
        .isCloseTo((float) (4 * Math.cos(0.05) + 2 * Math.sin(0.05)), within(TOLERANCE));
  }

  @Test
  void positionZeroTurnsNothingAndTokensFollow() {
    HeadTensor rows = new GaussianTensors(1).next(3, 4, 6);
    HeadTensor together = HeadTensor.of(rows.data().clone(), 3, 4, 6);
    RotaryEmbedding rotary = RotaryEmbedding.of(6, 500);

    rotary.rotate(together, 0);

    for (int head = 0; head < 3; head++) {
      for (int token = 0; token < 4; token++) {
        HeadTensor alone = HeadTensor.zeros(1, 1, 6);
        System.arraycopy(rows.data(), rows.row(head, token), alone.data(), 0, 6);
        rotary.rotate(alone, token);
        for (int i = 0; i < 6; i++) {
          assertThat(together.data()[together.row(head, token) + i]).isEqualTo(alone.data()[i]);
        }
      }
    }
    assertThat(together.data()[0]).isEqualTo(rows.data()[0]);
  }

  @Test
  void channelsBeyondThePartialOnesStay() {
    HeadTensor rows = new GaussianTensors(2).next(1, 1, 8);
    float[] before = rows.data().clone();

    RotaryEmbedding rotary = read("{'partial_rotary_factor': 0.5}", 8);
    rotary.rotate(rows, 3);

    assertThat(rotary.channels()).isEqualTo(4);
    assertThat(rows.data()[0]).isNotEqualTo(before[0]);
    assertThat(rows.data()[3]).isNotEqualTo(before[3]);
    for (int i = 4; i < 8; i++) {
      assertThat(rows.data()[i]).isEqualTo(before[i]);
    }
  }

  @Test
  void linearScalingSlowsEveryTurn() {
    HeadTensor scaled = new GaussianTensors(3).next(1, 1, 8);
    HeadTensor plain = HeadTensor.of(scaled.data().clone(), 1, 1, 8);

    read("{'rope_theta': 100, 'rope_scaling': {'type': 'linear', 'factor': 4}}", 8)
        .rotate(scaled, 12);
    RotaryEmbedding.of(8, 100).rotate(plain, 3);

    for (int i = 0; i < 8; i++) {
      assertThat(scaled.data()[i]).isCloseTo(plain.data()[i], within(TOLERANCE));
    }
  }

  /** Wavelengths below 8192/4 stay, above 8192 are stretched by 8, between are blended. */
  @Test
  void llama3ScalingStretchesLongWavesOnly() {
    String llama =
        "{'rope_theta': 500000.0, 'rope_scaling': {'factor': 8.0, 'low_freq_factor': 1.0,"
            + " 'high_freq_factor': 4.0, 'original_max_position_embeddings': 8192, 'rope_type':"
            + " 'llama3'}}";
    double[] plain = RotaryEmbedding.frequencies(128, 500_000);
    double[] scaled = turned(read(llama, 128));

    assertThat(scaled[0]).isCloseTo(plain[0], within((double) TOLERANCE));
    assertThat(scaled[63] / plain[63]).isCloseTo(1.0 / 8, within(1e-3));
    int blended = 0;
    for (int i = 0; i < 64; i++) {
      double wavelength = 2 * Math.PI / plain[i];
      double smooth = (8192 / wavelength - 1) / 3;
      double expected =
          wavelength < 2048
              ? plain[i]
              : wavelength > 8192 ? plain[i] / 8 : (1 - smooth) * plain[i] / 8 + smooth * plain[i];
      blended += wavelength >= 2048 && wavelength <= 8192 ? 1 : 0;
      assertThat(scaled[i]).isCloseTo(expected, within(TOLERANCE * plain[i] + 1e-8));
    }
    assertThat(blended).isPositive();
  }

  @Test
  void newerConfigurationsNameTheSameParametersOtherwise() {
    RotaryEmbedding rotary =
        read("{'rope_parameters': {'rope_theta': 100, 'rope_type': 'default'}}", 8);

    assertThat(turned(rotary)[1]).isCloseTo(Math.pow(100, -0.25), within(1e-6));
  }

  @Test
  void wrongParametersAreTheUsersMistake() {
    assertWrong("{'partial_rotary_factor': 2}", "f: partial_rotary_factor must be at most 1: 2");
    assertWrong(
        "{'head_dim': 7}", 7, "f: head_dim must leave an even number of rotary channels, not 7: 7");
    assertWrong("{'rope_theta': 'x'}", "f: rope_theta must be a number above 0: \"x\"");
    assertWrong("{'rope_scaling': 'x'}", "f: rope_scaling must be an object: \"x\"");
    assertWrong(
        "{'rope_scaling': {'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 4,"
            + " 'high_freq_factor': 4, 'original_max_position_embeddings': 8}}",
        "f: rope_scaling.high_freq_factor must be above low_freq_factor: 4");
    assertThatThrownBy(() -> RotaryEmbedding.of(3, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("channels must be even: 3");
    assertThatThrownBy(() -> RotaryEmbedding.of(8, 10).rotate(HeadTensor.zeros(1, 1, 6), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows must have at least 8 channels: 6");
  }

  private static void assertWrong(String json, String message) {
    assertWrong(json, 8, message);
  }

  private static void assertWrong(String json, int headDim, String message) {
    assertThatThrownBy(() -> read(json, headDim))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  /** The angle by which one position turns each pair of channels. */
  private static double[] turned(RotaryEmbedding rotary) {
    int half = rotary.channels() / 2;
    HeadTensor rows = HeadTensor.zeros(1, 1, rotary.channels());
    java.util.Arrays.fill(rows.data(), 0, half, 1);
    rotary.rotate(rows, 1);
    double[] angles = new double[half];
    for (int i = 0; i < half; i++) {
      angles[i] = Math.atan2(rows.data()[half + i], rows.data()[i]);
    }
    return angles;
  }

  private static RotaryEmbedding read(String json, int headDim) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return RotaryConfig.read(JsonDocument.parse("f", bytes, new ObjectMapper()), headDim);
  }
}
