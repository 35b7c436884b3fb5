package io.headroom.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KvFormatTest {

  @ParameterizedTest
  @CsvSource({
    "f32, f32",
    "fp32, f32",
    "float32, f32",
    "fp16, f16",
    "float16, f16",
    "half, f16",
    "bfloat16, bf16",
    "BF16, bf16",
    "fp8_e4m3, fp8",
    "fp8_per_token_head, fp8-per-token-head",
    "int8/int4, int8/int4",
    "fp16/q8_0, f16/q8_0",
    "' int8/int8 ', int8",
    "half/f16, f16",
    "fp8_ds_mla, fp8_ds_mla"
  })
  void isKnownByOneText(String text, String label) {
    KvFormat format = KvFormat.named(text).orElseThrow();

    assertThat(format.label()).isEqualTo(label);
    assertThat(KvFormat.named(label)).contains(format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "int8/", "/int8", "int8/int4/int4", "int8 int4", "fp8_e5m2", "auto"})
  void otherTextsAreNone(String text) {
    assertThat(KvFormat.named(text)).isEmpty();
  }

  @Test
  void messagesListEveryEncoding() {
    assertThat(KvFormat.labels())
        .isEqualTo(
            "f32, f16, bf16, fp8, int8, int4, fp8-per-token-head, nvfp4, q8_0, q5_1, q5_0, q4_1,"
                + " q4_0, iq4_nl, fp8_ds_mla, or two as K/V, such as int8/int4");
  }

  @Test
  void theSameForBothIsOneEncoding() {
    assertThat(KvFormat.of(KvPrecision.INT8, KvPrecision.INT8)).isSameAs(KvPrecision.INT8);
    KvFormat mix = KvFormat.of(KvPrecision.INT8, KvPrecision.INT4);
    assertThat(mix).isEqualTo(KvFormat.of(KvPrecision.INT8, KvPrecision.INT4));
    assertThat(mix.key()).isEqualTo(KvPrecision.INT8);
    assertThat(mix.value()).isEqualTo(KvPrecision.INT4);
  }

  @Test
  void travelsThroughSerialisation() throws IOException, ClassNotFoundException {
    for (String label : new String[] {"bf16", "q4_0", "int8/int4", "f16/q8_0"}) {
      KvFormat format = KvFormat.named(label).orElseThrow();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(format);
      }
      ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
      assertThat(in.readObject()).isEqualTo(format);
    }
  }

  @Test
  void formatsHaveAnOrder() {
    assertThat(
            Stream.of("int8/int4", "q8_0", "f32", "int8", "bf16/f32")
                .map(KvFormatTest::format)
                .sorted(KvFormat.inOrder())
                .map(KvFormat::label))
        .containsExactly("f32", "bf16/f32", "int8", "int8/int4", "q8_0");
  }

  /** Of 100 tokens of one head with keys and values of 128 channels, worked out by hand. */
  @ParameterizedTest
  @CsvSource({
    "f32, 102400",
    "bf16, 51200",
    "fp8, 25600",
    "fp8-per-token-head, 26400",
    "nvfp4, 14400",
    "q8_0, 27200",
    "q5_1, 19200",
    "q5_0, 17600",
    "q4_1, 16000",
    "q4_0, 14400",
    "iq4_nl, 14400",
    // Keys: 2 groups of tokens x 128 scales; values: 100 x 2 scales, of 4 bytes each.
    "int8, 27424",
    "int4, 14624",
    "int8/int4, 21024",
    "int4/int8, 21024",
    "f16/q8_0, 39200"
  })
  void countsNumbersAndScales(String label, long bytes) {
    assertThat(KvBytes.of(1, 128, 128, format(label), 100)).isEqualTo(bytes);
    assertThat(KvBytes.of(3, 128, 128, format(label), 100)).isEqualTo(3 * bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "bf16, 576, 1152",
    "fp8, 576, 576",
    "nvfp4, 576, 324",
    "q8_0, 576, 612",
    "fp8_ds_mla, 576, 656",
    "fp8_ds_mla, 512, 584"
  })
  void countsRowsThatAreKeysAndValues(String label, int channels, long bytes) {
    KvEncoding encoding = format(label).key();
    assertThat(KvBytes.ofLatent(channels, encoding, 1)).isEqualTo(bytes);
    assertThat(KvBytes.ofLatent(channels, encoding, 1000)).isEqualTo(1000 * bytes);
  }

  @Test
  void refusesWhatBlocksDoNotDivide() {
    assertThatThrownBy(() -> KvBytes.of(1, 80, 64, CountedEncoding.Q8_0, 1))
        .hasMessage("q8_0 keeps blocks of 32 channels, heads of 80 are no multiple");
    assertThatThrownBy(() -> KvBytes.of(1, 64, 40, CountedEncoding.NVFP4, 1))
        .hasMessage("nvfp4 keeps blocks of 16 channels, heads of 40 are no multiple");
    assertThatThrownBy(() -> KvBytes.of(1, 64, 64, CountedEncoding.FP8_DS_MLA, 1))
        .hasMessage("fp8_ds_mla keeps latent rows (MLA), not heads of keys and values apart");
    assertThatThrownBy(() -> KvBytes.ofLatent(320, CountedEncoding.FP8_DS_MLA, 1))
        .hasMessage(
            "fp8_ds_mla keeps rows of 512 + 64 channels, or of 448 + 64 as DeepSeek-V4 has them, not of 320");
    assertThatThrownBy(() -> KvBytes.ofLatent(576, CountedEncoding.FP8_PER_TOKEN_HEAD, 1))
        .hasMessage(
            "fp8-per-token-head scales heads of keys and values, not rows that are no head's");
  }

  private static KvFormat format(String label) {
    return KvFormat.named(label).orElseThrow();
  }
}
