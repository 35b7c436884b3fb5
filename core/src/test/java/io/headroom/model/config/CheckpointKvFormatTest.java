package io.headroom.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.model.KvFormatChoice;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointKvFormatTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|bf16|",
        "{\"quant_method\": \"fp8\"}|bf16|",
        "{\"kv_cache_scheme\": null}|bf16|",
        "{\"kv_cache_scheme\": {\"dynamic\": false, \"num_bits\": 8, \"type\": \"float\"}}|fp8|kv_cache_scheme",
        "{\"kv_cache_scheme\": {\"num_bits\": 8, \"type\": \"float\", \"strategy\": \"tensor\"}}|fp8|kv_cache_scheme",
        "{\"kv_cache_scheme\": {\"num_bits\": 4, \"type\": \"float\", \"group_size\": 16}}|nvfp4|kv_cache_scheme",
        "{\"kv_cache_quant_algo\": \"FP8\"}|fp8|kv_cache_quant_algo",
        "{\"kv_cache_quant_algo\": \"NVFP4\"}|nvfp4|kv_cache_quant_algo",
        "{\"kv_cache_quant_algo\": null}|bf16|"
      })
  void isWhatTheQuantisationSays(String quantisation, String label, String key) throws IOException {
    KvFormatChoice said =
        said(config("{\"model_type\": \"llama\", \"quantization_config\": " + quantisation + "}"));

    assertThat(said.label()).isEqualTo(label);
    assertThat(said.key().orElse(null))
        .isEqualTo(key == null ? null : "quantization_config." + key);
  }

  @Test
  void isSaidInTheDecodersObjectToo() throws IOException {
    KvFormatChoice said =
        said(
            config(
                """
                {"model_type": "qwen2_5_vl", "text_config": {"model_type": "llama",
                 "quantization_config": {"kv_cache_quant_algo": "FP8"}}}
                """));

    assertThat(said.label()).isEqualTo("fp8");
    assertThat(said.key()).contains("text_config.quantization_config.kv_cache_quant_algo");
  }

  @Test
  void isSaidInTheFileOfModelOptBesideIt() throws IOException {
    Path config = config("{\"model_type\": \"llama\"}");
    Files.writeString(
        folder.resolve("hf_quant_config.json"),
        "{\"quantization\": {\"quant_algo\": \"FP8\", \"kv_cache_quant_algo\": \"FP8\"}}");

    KvFormatChoice said = said(config);

    assertThat(said.label()).isEqualTo("fp8");
    assertThat(said.key()).contains("quantization.kv_cache_quant_algo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"kv_cache_scheme\": {\"num_bits\": 8, \"type\": \"int\"}}|kv_cache_scheme.type must be \"float\"; --precision says another: \"int\"",
        "{\"kv_cache_scheme\": {\"num_bits\": 6, \"type\": \"float\"}}|kv_cache_scheme.num_bits must be 8 or 4; --precision says another: 6",
        "{\"kv_cache_scheme\": {\"num_bits\": 4, \"type\": \"float\", \"group_size\": 32}}|kv_cache_scheme.group_size must be 16; --precision says another: 32",
        "{\"kv_cache_scheme\": {\"num_bits\": 8, \"type\": \"float\", \"strategy\": \"token\"}}|kv_cache_scheme.strategy must be one of tensor, attn_head; --precision says another: \"token\"",
        "{\"kv_cache_scheme\": {\"num_bits\": 8}}|kv_cache_scheme.type is missing; \"float\" is known; --precision says another",
        "{\"kv_cache_scheme\": \"fp8\"}|kv_cache_scheme must be an object: \"fp8\"",
        "{\"kv_cache_quant_algo\": \"INT8\"}|kv_cache_quant_algo must be FP8 or NVFP4; --precision says another: \"INT8\"",
        "{\"kv_cache_quant_algo\": \"NVFP4\", \"kv_cache_scheme\": {\"num_bits\": 8, \"type\": \"float\"}}|kv_cache_quant_algo must be what kv_cache_scheme says (fp8); --precision says another: \"NVFP4\""
      })
  void whatIsNotKnownIsRefused(String quantisation, String message) throws IOException {
    Path file =
        config("{\"model_type\": \"llama\", \"quantization_config\": " + quantisation + "}");

    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> said(file))
        .withMessage(file + ": quantization_config." + message);
  }

  @Test
  void everyCheckpointOfTheCatalogueSaysSomethingKnown() {
    Path models = SharedData.projectRoot().resolve("conf/models");
    for (String name : new ModelCatalogue(models).names()) {
      KvFormatChoice said = said(models.resolve(name + ".json"));
      String expected = name.equals("gemma-4-31b-it-nvfp4") ? "fp8" : "bf16";
      assertThat(said.label()).as(name).isEqualTo(expected);
    }
  }

  private static KvFormatChoice said(Path file) {
    return CheckpointKvFormat.of(HuggingFaceConfig.read(file), file);
  }

  private Path config(String json) throws IOException {
    return Files.writeString(folder.resolve("config.json"), json);
  }
}
