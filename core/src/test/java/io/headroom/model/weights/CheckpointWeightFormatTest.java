package io.headroom.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.model.config.ModelCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointWeightFormatTest {
  /** Projections of the model below: outputs by inputs. */
  private static final long[][] PROJECTIONS = {
    {256, 256}, {128, 256}, {128, 256}, {256, 256}, {512, 256}, {512, 256}, {256, 512}
  };

  /** The others: embeddings, head, three norms. */
  private static final long KEPT_BYTES = 2 * (2 * 1000 * 256 + 3 * 256);

  @TempDir Path folder;

  private final ModelCatalogue catalogue = new ModelCatalogue(Path.of("none"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Bits of a number, rows and columns of a scale (0: none, -1: a whole row), bits of it,
        // bytes once, bytes a column.
        "'quant_method':'fp8' | 8 | 0 | 0 | 0 | 8 | 0",
        "'quant_method':'fp8','weight_block_size':[128,128] | 8 | 128 | 128 | 32 | 0 | 0",
        "'quant_method':'fbgemm_fp8' | 8 | 1 | -1 | 32 | 0 | 0",
        "'quant_method':'awq','bits':4,'group_size':128,'zero_point':true | 4 | 1 | 128 | 20 | 0 | 0",
        "'quant_method':'gptq','bits':4,'group_size':128 | 4 | 1 | 128 | 20 | 0 | 4",
        "'quant_method':'gptq','bits':8,'group_size':-1 | 8 | 1 | -1 | 24 | 0 | 4",
        "'quant_method':'bitsandbytes','load_in_4bit':true | 4 | 1 | 64 | 32 | 0 | 0",
        "'quant_method':'bitsandbytes','load_in_8bit':true | 8 | 1 | -1 | 32 | 0 | 0",
        "'quant_method':'modelopt','quant_algo':'FP8' | 8 | 0 | 0 | 0 | 8 | 0",
        "'quant_method':'modelopt','quant_algo':'NVFP4','ignore':['lm_head'] | 4 | 1 | 16 | 8 | 8 | 0",
        "'quant_method':'compressed-tensors','config_groups':{'group_0':{'targets':['Linear'],'weights':{'num_bits':8,'type':'float','strategy':'channel'}}},'ignore':['lm_head'] | 8 | 1 | -1 | 32 | 0 | 0",
        "'quant_method':'compressed-tensors','config_groups':{'group_0':{'targets':['Linear'],'weights':{'num_bits':4,'type':'int','strategy':'group','group_size':128,'symmetric':true}}} | 4 | 1 | 128 | 16 | 0 | 0",
        "'quant_method':'compressed-tensors','config_groups':{'group_0':{'targets':['Linear'],'weights':{'num_bits':8,'type':'int','strategy':'channel'}}} | 8 | 1 | -1 | 32 | 0 | 0"
      })
  void projectionsAreKeptSo(
      String scheme,
      int bits,
      int groupRows,
      int groupColumns,
      int scaleBits,
      int onceBytes,
      int columnBytes)
      throws IOException {
    long expected = KEPT_BYTES;
    for (long[] shape : PROJECTIONS) {
      long columns = groupColumns < 0 ? shape[1] : groupColumns;
      long scales = groupRows == 0 ? 0 : shape[0] / groupRows * (shape[1] / columns);
      expected +=
          shape[0] * shape[1] * bits / 8
              + scales * scaleBits / 8
              + onceBytes
              + shape[1] * columnBytes;
    }

    assertThat(weights(scheme).bytes()).isEqualTo(expected);
  }

  @Test
  void withoutASchemeAllNumbersAreOfTheirType() throws IOException {
    long numbers = weights("").parameters();

    assertThat(weights("").bytes()).isEqualTo(2 * numbers);
    assertThat(weights("", ", \"torch_dtype\": \"float32\"").bytes()).isEqualTo(4 * numbers);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'modules_to_not_convert':['self_attn'] | 4",
        "'modules_to_not_convert':['model.layers.0'] | 7",
        "'ignore':['re:.*mlp.*'] | 3",
        "'exclude_modules':['model.layers.*.self_attn*'] | 4",
        "'ignore':['lm_head'] | 0",
        "'ignore':['model.layers.0.mlp.up_proj','model.layers.0.mlp.down_proj'] | 2"
      })
  void listedModulesAreKeptAsTheyWere(String listed, int kept) throws IOException {
    long bytes = weights("'quant_method':'fp8'," + listed).bytes();

    long expected = KEPT_BYTES;
    boolean ofMlp = listed.contains("mlp");
    for (int i = 0; i < PROJECTIONS.length; i++) {
      boolean isKept = kept == 7 || (ofMlp ? (kept == 3 ? i >= 4 : i >= 5) : kept == 4 && i < 4);
      long numbers = PROJECTIONS[i][0] * PROJECTIONS[i][1];
      expected += isKept ? 2 * numbers : numbers + 8;
    }
    assertThat(bytes).isEqualTo(expected);
  }

  @Test
  void theFileOfModelOptBesideIsRead() throws IOException {
    Files.writeString(
        folder.resolve("hf_quant_config.json"),
        "{\"quantization\": {\"quant_algo\": \"FP8\", \"exclude_modules\": [\"lm_head\"]}}");

    assertThat(weights("").format().label()).isEqualTo("fp8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'quant_method':'quip' | quantization_config.quant_method is not known to count weights by",
        "'bits':4 | quantization_config.quant_method is missing; a string is needed",
        "'quant_method':'awq','bits':3 | quantization_config.bits is not known to count weights by; known: 4, 8: 3",
        "'quant_method':'modelopt','quant_algo':'W4A8_AWQ' | quantization_config.quant_algo is not known",
        "'quant_method':'fp8','modules_to_not_convert':['re:('] | no regular expression",
        "'quant_method':'compressed-tensors','config_groups':{'a':{'targets':['Linear']},'b':{'targets':['Linear']}} | quantization_config.config_groups must be one group"
      })
  void whatIsNotKnownIsRefused(String scheme, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> weights(scheme))
        .withMessageStartingWith(folder.resolve("config.json") + ": ")
        .withMessageContaining(message);
  }

  /** Where the scheme lay in a file beside that did not come along. */
  @Test
  void aNameThatSaysMoreThanTheConfigurationIsRefused() throws IOException {
    Path file = folder.resolve("Small-FP8.json");
    Files.writeString(
        file,
        "{\"model_type\": \"llama\", \"hidden_size\": 256, \"intermediate_size\": 512,"
            + " \"num_hidden_layers\": 1, \"num_attention_heads\": 4, \"vocab_size\": 1000}");

    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> DecoderWeights.of(catalogue.locate(file.toString())))
        .withMessage(
            file
                + ": quantization_config is missing; the name of the model says that its weights are"
                + " quantised, not how");
  }

  /** Experts alone are in 4.25 bits; biases, attention and routers stay. */
  @Test
  void microscalingIsOfExpertsAlone() {
    ModelCatalogue project =
        new ModelCatalogue(io.headroom.testkit.SharedData.projectRoot().resolve("conf/models"));
    ModelWeights weights = DecoderWeights.of(project.locate("gpt-oss-20b"));

    long experts = 24L * 32 * 3 * 2880 * 2880;
    assertThat(weights.bytes()).isEqualTo(experts * 17 / 32 + 2 * (weights.parameters() - experts));
  }

  private ModelWeights weights(String scheme) throws IOException {
    return weights(scheme, "");
  }

  private ModelWeights weights(String scheme, String more) throws IOException {
    String quantisation =
        scheme.isEmpty() ? "" : ", \"quantization_config\": {" + scheme.replace('\'', '"') + "}";
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        "{\"model_type\": \"llama\", \"hidden_size\": 256, \"intermediate_size\": 512,"
            + " \"num_hidden_layers\": 1, \"num_attention_heads\": 4, \"num_key_value_heads\": 2,"
            + " \"vocab_size\": 1000"
            + quantisation
            + more
            + "}");
    return DecoderWeights.of(catalogue.locate(file.toString()));
  }
}
