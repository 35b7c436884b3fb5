package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.BF16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headroom.UserException;
import io.headroom.model.AttentionVariant;
import io.headroom.model.LayerKind;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCatalogueTest {
  private static final Path FOLDER = SharedData.projectRoot().resolve("conf/models");

  private static final ReadingOptions ANY_ENCODER =
      new ReadingOptions(false, 0, OptionalInt.of(512));

  private final ModelCatalogue catalogue = new ModelCatalogue(FOLDER);

  @Test
  void everyFileIsAModelThatNamesItsSource() throws IOException {
    List<String> names = catalogue.names();

    assertThat(names).hasSizeGreaterThanOrEqualTo(100);
    for (String name : names) {
      Path file = FOLDER.resolve(name + ".json");
      assertThat(catalogue.locate(name, ANY_ENCODER).model().name()).isEqualTo(name);
      assertThat(name).isLowerCase();
      assertThat(new ObjectMapper().readTree(file.toFile()).path("_source").asText())
          .as(name)
          .contains("huggingface.co/");
    }
  }

  /** Bytes of a token in 16 bits: layers x KV heads x (key + value channels) x 2. */
  @ParameterizedTest
  @CsvSource({
    "codellama-34b, 196608, GQA",
    "deepseek-v2-lite, 31104, MLA",
    "deepseek-v3, 70272, MLA",
    "falcon-7b, 8192, MQA",
    "falcon-40b, 122880, GQA",
    "gemma-2-9b, 344064, GQA",
    "gemma-2-27b, 376832, GQA",
    "gemma-3-4b, 139264, GQA",
    "gemma-3-12b, 393216, GQA",
    "gemma-3-27b, 507904, GQA",
    "gemma-4-26b-a4b, 225280, GQA",
    "gpt2, 36864, MHA",
    "gpt-oss-20b, 49152, GQA",
    "gpt-oss-120b, 73728, GQA",
    "kimi-k2, 70272, MLA",
    "llama-2-7b, 524288, MHA",
    "llama-2-13b, 819200, MHA",
    "llama-2-70b, 327680, GQA",
    "llama-3.1-8b, 131072, GQA",
    "llama-3.1-70b, 327680, GQA",
    "llama-3.1-405b, 516096, GQA",
    "llama-3.2-3b, 114688, GQA",
    "llama-3.3-70b, 327680, GQA",
    "mistral-7b, 131072, GQA",
    "mistral-nemo, 163840, GQA",
    "mixtral-8x7b, 131072, GQA",
    "phi-3-mini, 393216, MHA",
    "phi-4, 204800, GQA",
    "qwen2-0.5b, 12288, GQA",
    "qwen2-7b, 57344, GQA",
    "qwen2.5-0.5b, 12288, GQA",
    "qwen2.5-3b, 36864, GQA",
    "qwen2.5-7b, 57344, GQA",
    "qwen2.5-14b, 196608, GQA",
    "qwen2.5-32b, 262144, GQA",
    "qwen2.5-72b, 327680, GQA",
    "qwen3-0.6b, 114688, GQA",
    "qwen3-4b, 147456, GQA",
    "qwen3-8b, 147456, GQA",
    "qwen3-14b, 163840, GQA",
    "qwen3-30b-a3b, 98304, GQA",
    "qwen3-32b, 262144, GQA",
    "qwen3-next-80b-a3b, 24576, GQA",
    "qwen3.5-397b-a17b, 30720, GQA",
    "starcoder, 20480, MQA",
    "tinyllama-1.1b, 22528, GQA",
    "yi-34b, 245760, GQA",
  })
  void tokensTakeTheKnownBytes(String name, long bytes, AttentionVariant variant) {
    ModelSpec model = catalogue.find(name);

    assertThat(model.kvBytesPerToken(BF16)).isEqualTo(bytes);
    assertThat(model.kvBytes(1, BF16)).isEqualTo(bytes);
    assertThat(model.variant()).isEqualTo(variant);
  }

  @Test
  void windowsAndPatternsAreThoseOfTheModels() {
    assertThat(windows("mistral-7b")).containsOnly(4096).hasSize(32);
    assertThat(windows("gemma-2-9b").subList(0, 4)).containsExactly(4096, 0, 4096, 0);
    assertThat(windows("gpt-oss-120b").subList(0, 4)).containsExactly(128, 0, 128, 0);
    assertThat(windows("gemma-3-27b").subList(0, 7))
        .containsExactly(1024, 1024, 1024, 1024, 1024, 0, 1024);
    assertThat(windows("qwen2.5-7b")).containsOnly(0);
    assertThat(catalogue.find("qwen3-next-80b-a3b").layers().subList(0, 5))
        .extracting(LayerSpec::kind)
        .containsExactly(
            LayerKind.LINEAR, LayerKind.LINEAR, LayerKind.LINEAR, LayerKind.FULL, LayerKind.LINEAR);
  }

  @Test
  void findsByNameInAnyCaseAndByPath() {
    assertThat(catalogue.find("Llama-2-7B")).isEqualTo(catalogue.find("llama-2-7b"));
    assertThat(catalogue.find(FOLDER.resolve("yi-34b.json").toString()))
        .isEqualTo(catalogue.find("yi-34b"));
  }

  @Test
  void unknownNameListsWhatIsNear() {
    assertThatThrownBy(() -> catalogue.find("lama-2-7b"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("no model 'lama-2-7b' in ")
        .hasMessageContaining("near it: llama-2-7b, ")
        .hasMessageEndingWith(
            "; or the path of a config.json, of a folder with one or of a GGUF file");
  }

  @Test
  void namesOfTheHubAreOfferedWhatIsNear() {
    assertThatThrownBy(() -> catalogue.find("meta-llama/Llama-3.1-8B"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("near it: llama-3.1-8b, ");
  }

  @Test
  void missingFolderIsTheUsersMistake() {
    assertThatThrownBy(() -> new ModelCatalogue(Path.of("no-such-folder")).find("gpt2"))
        .isInstanceOf(UserException.class)
        .hasMessage("no-such-folder: the folder of models cannot be read");
  }

  private List<Integer> windows(String name) {
    return catalogue.find(name).layers().stream().map(LayerSpec::window).toList();
  }
}
