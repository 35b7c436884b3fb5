package io.headroom.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubModelsTest {
  @TempDir Path folder;

  private final ModelCatalogue catalogue =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  @ParameterizedTest
  @CsvSource({
    "Qwen/Qwen3-8B, qwen3-8b",
    "qwen/qwen3-8b, qwen3-8b",
    "meta-llama/Llama-3.1-8B, llama-3.1-8b",
    "meta-llama/Llama-3.1-8B-Instruct, llama-3.1-8b",
    "meta-llama/Meta-Llama-3.1-8B-Instruct, llama-3.1-8b",
    "unsloth/Meta-Llama-3.1-8B, llama-3.1-8b",
    "mistralai/Mixtral-8x7B-Instruct-v0.1, mixtral-8x7b",
    "google/gemma-3-27b-it, gemma-3-27b",
    "mistralai/Mistral-Small-3.2-24B-Instruct-2506, mistral-small-3.1-24b",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B, qwen2.5-14b",
    "deepseek-ai/DeepSeek-V2-Lite-Chat, deepseek-v2-lite",
    "Qwen/Qwen3-32B-FP8, qwen3-32b-fp8",
    "nvidia/Llama-3.1-70B-Instruct-FP8, llama-3.1-70b-instruct-fp8"
  })
  void areFoundByTheirRepository(String repository, String name) {
    ConfiguredModel found = models().locate(repository);

    assertThat(found.file()).hasFileName(name + ".json");
    assertThat(found.model().name()).isEqualTo(repository);
    assertThat(found.model().layers()).isEqualTo(catalogue.find(name).layers());
  }

  @ParameterizedTest
  @CsvSource({
    "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic, compressed-tensors",
    "neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8, fp8",
    "TechxGenus/Meta-Llama-3-70B-Instruct-AWQ, awq",
    "Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4, gptq",
    "Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8, gptq",
    "RedHatAI/Qwen2.5-7B-Instruct-quantized.w4a16, compressed-tensors",
    "RedHatAI/Qwen2.5-7B-Instruct-quantized.w8a8, compressed-tensors"
  })
  void anEndingSaysHowWeightsAreKept(String repository, String method) {
    assertThat(quantisation(repository).text("quant_method")).contains(method);
  }

  @Test
  void qwensOwnCheckpointsInFp8HaveScalesOfBlocks() {
    String block = "weight_block_size";

    assertThat(quantisation("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8").has(block)).isTrue();
    assertThat(quantisation("RedHatAI/Qwen3-235B-A22B-Instruct-2507-FP8").has(block)).isFalse();
  }

  private JsonDocument quantisation(String repository) {
    return models()
        .locate(repository)
        .config()
        .orElseThrow()
        .whole()
        .object("quantization_config")
        .orElseThrow();
  }

  @Test
  void filesOfTheUserGoFirst() throws IOException {
    Files.writeString(
        folder.resolve("Qwen--Qwen3-8B.json"),
        "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 1,"
            + " \"num_attention_heads\": 4}");

    HubModels models = new HubModels(catalogue, Optional.of(folder));

    assertThat(models.locate("Qwen/Qwen3-8B").model().hiddenSize()).isEqualTo(64);
    assertThat(models.locate("Qwen/Qwen3-14B").model().hiddenSize()).isEqualTo(5120);
  }

  /** An ending that is not known is another model, and so is a version. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody/Nothing-7B",
        "Qwen/Qwen3-8B-bnb-4bit",
        "Qwen/Qwen3-8B-NVFP4",
        "mistralai/Mistral-7B-Instruct-v0.2",
        "microsoft/Phi-3-mini-1k-instruct"
      })
  void othersAreNotGuessed(String repository) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> models().locate(repository))
        .withMessage("model %s is not in the catalogue", repository);
  }

  @Test
  void whatIsQuantisedByItselfIsNotQuantisedAgain() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> models().locate("openai/gpt-oss-20b-AWQ"))
        .withMessageEndingWith("gpt-oss-20b there is quantised by itself");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3-8b", "a/b/c", "../x/y"})
  void namesHaveTwoParts(String name) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> models().locate(name))
        .withMessage("not a name of a repository, ORG/NAME: " + name);
  }

  @Test
  void aFolderThatIsNotThereIsAMistake() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new HubModels(catalogue, Optional.of(folder.resolve("none"))))
        .withMessage(folder.resolve("none") + ": no such folder");
  }

  /** Layers that are said to be the same are there. */
  @Test
  void everyOtherNameLeadsToAModel() {
    io.headroom.json.JsonDocument same =
        io.headroom.json.JsonDocument.resource(HubModels.class, "same-layers.json");
    HubModels models = models();

    same.values()
        .fieldNames()
        .forEachRemaining(
            repository ->
                assertThat(models.locate(repository).file())
                    .hasFileName(same.text(repository).orElseThrow() + ".json"));
  }

  private HubModels models() {
    return new HubModels(catalogue, Optional.empty());
  }
}
