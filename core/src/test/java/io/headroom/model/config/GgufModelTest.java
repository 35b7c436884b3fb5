package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.F16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.model.AttentionVariant;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.testkit.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufModelTest {
  @TempDir Path folder;

  private static GgufWriter llama() {
    return gguf("llama", 32, 4096, 32)
        .put("llama.attention.head_count_kv", 8)
        .put("llama.context_length", 131_072)
        .put("llama.rope.freq_base", 500_000f)
        .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .put("llama.feed_forward_length", 14_336)
        .put("tokenizer.ggml.tokens", Collections.nCopies(100_000, "token"))
        .put("tokenizer.ggml.scores", Collections.nCopies(100_000, 1f));
  }

  private static GgufWriter gguf(String architecture, int layers, int hidden, int heads) {
    return new GgufWriter(architecture)
        .put(architecture + ".block_count", layers)
        .put(architecture + ".embedding_length", hidden)
        .put(architecture + ".attention.head_count", heads);
  }

  /** Llama-3.1-8B: 32 layers x 2 x 8 KV heads x 128 channels x 2 bytes. */
  @Test
  void aLlamaIsThatOfItsConfiguration() throws IOException {
    ModelSpec model = read(llama());

    assertThat(model.name()).isEqualTo("model");
    assertThat(model.kvBytesPerToken(F16)).isEqualTo(131_072);
    assertThat(model.maxPositions()).isEqualTo(131_072);
    assertThat(model.hiddenSize()).isEqualTo(4096);
  }

  @Test
  void channelsAndHeadsAreTheFilesOwn() throws IOException {
    ModelSpec model =
        read(
            gguf("deci", 3, 64, 8)
                .put("deci.attention.head_count_kv", List.of(4, 0, 2))
                .put("deci.attention.key_length", 24)
                .put("deci.attention.value_length", 16));

    assertThat(model.layers()).extracting(LayerSpec::holdsKv).containsExactly(true, false, true);
    assertThat(model.kvBytesPerToken(F16)).isEqualTo((4 + 2) * (24 + 16) * 2);
  }

  /** Gemma-3: five layers with a window, then one without. */
  @Test
  void windowsFollowThePatternOfTheArchitecture() throws IOException {
    GgufWriter gemma = gguf("gemma3", 6, 64, 8).put("gemma3.attention.sliding_window", 9);

    assertThat(read(gemma).layers())
        .extracting(LayerSpec::window)
        .containsExactly(9, 9, 9, 9, 9, 0);
    assertThat(
            read(gemma
                    .put(
                        "gemma3.attention.sliding_window_pattern",
                        List.of(true, false, true, false, true, false))
                    .put("gemma3.attention.shared_kv_layers", 2))
                .layers())
        .extracting(LayerSpec::kind)
        .containsExactly(
            LayerKind.SLIDING,
            LayerKind.FULL,
            LayerKind.SLIDING,
            LayerKind.FULL,
            LayerKind.SHARED,
            LayerKind.SHARED);
  }

  /** DeepSeek-V3: rows of 512 and 64 channels; the layer of draft tokens is not one of them. */
  @Test
  void latentRowsAreKeptOnce() throws IOException {
    ModelSpec model =
        read(
            gguf("deepseek2", 62, 7168, 128)
                .put("deepseek2.attention.head_count_kv", 1)
                .put("deepseek2.nextn_predict_layers", 1)
                .put("deepseek2.attention.kv_lora_rank", 512)
                .put("deepseek2.attention.q_lora_rank", 1536)
                .put("deepseek2.attention.key_length", 576)
                .put("deepseek2.attention.value_length", 512)
                .put("deepseek2.attention.key_length_mla", 192)
                .put("deepseek2.attention.value_length_mla", 128));

    assertThat(model.variant()).isEqualTo(AttentionVariant.MLA);
    assertThat(model.kvBytesPerToken(F16)).isEqualTo(61 * 576 * 2);
  }

  /** Nemotron-H: states are kept in float32, layers of experts keep nothing. */
  @Test
  void statesAreThoseOfLlamaCpp() throws IOException {
    ModelSpec model =
        read(
            gguf("nemotron_h", 3, 64, 8)
                .put("nemotron_h.attention.head_count_kv", List.of(0, 2, 0))
                .put("nemotron_h.feed_forward_length", List.of(0, 0, 256))
                .put("nemotron_h.attention.key_length", 128)
                .put("nemotron_h.attention.value_length", 128)
                .put("nemotron_h.ssm.conv_kernel", 4)
                .put("nemotron_h.ssm.inner_size", 4096)
                .put("nemotron_h.ssm.state_size", 128)
                .put("nemotron_h.ssm.time_step_rank", 64)
                .put("nemotron_h.ssm.group_count", 8));

    assertThat(model.kvBytesPerToken(F16)).isEqualTo(2 * 2 * 128 * 2);
    assertThat(model.stateBytes(F16)).isEqualTo(4 * (3 * (4096 + 2 * 8 * 128) + 128 * 4096));
  }

  @Test
  void whatIsNotKnownIsTold() throws IOException {
    assertMistake(gguf("shiny", 2, 64, 8), "general.architecture is not known, ");
    assertMistake(
        llama().put("llama.attention.shiny_window", 7),
        "llama.attention.shiny_window is not known in a model of architecture llama, ");
    assertMistake(
        llama().put("general.type", "adapter"),
        " is a LoRA adapter; the GGUF file of its base model is needed");
    assertMistake(gguf("clip", 2, 64, 8), " is a projector of images; ");
    assertMistake(
        llama().put("split.no", 1), " is part 2 of a model; its first part has the metadata");
    assertMistake(
        llama().put("llama.attention.head_count_kv", 3),
        "llama.attention.head_count_kv must divide the 32 query heads: 3");
    assertMistake(
        llama().put("llama.block_count", "many"),
        "llama.block_count must be an integer from 1 to 4096: many");
    assertThat(
            ModelFile.read(
                    gguf("shiny", 2, 64, 8).write(folder.resolve("model.gguf")),
                    new ReadingOptions(true, 0, OptionalInt.empty()))
                .assumed())
        .containsExactly("general.architecture");
  }

  /** Wherever the file ends, the user is told in one line. */
  @Test
  void filesThatEndTooEarlyAreTold() throws IOException {
    byte[] whole =
        gguf("llama", 2, 64, 8).put("llama.attention.head_count_kv", List.of(8, 8)).bytes();
    Path file = folder.resolve("cut.gguf");

    IntStream.range(4, whole.length)
        .forEach(
            length -> {
              try {
                Files.write(file, Arrays.copyOf(whole, length));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
              assertThatThrownBy(() -> ModelFile.read(file))
                  .isInstanceOf(UserException.class)
                  .hasMessage(file + " ends within the metadata of a GGUF file");
            });
  }

  private void assertMistake(GgufWriter gguf, String message) throws IOException {
    Path file = gguf.write(folder.resolve("model.gguf"));
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  private ModelSpec read(GgufWriter gguf) throws IOException {
    return ModelFile.read(gguf.write(folder.resolve("model.gguf")));
  }
}
