package io.headroom.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderWeightsTest {
  private static final double GIB = 1L << 30;

  @TempDir Path folder;

  private final ModelCatalogue catalogue =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  /** Numbers of the checkpoints' tensors, as their model cards and safetensors indices state. */
  @ParameterizedTest
  @CsvSource({
    // Gated, untied.
    "llama-2-7b, 6738415616",
    "llama-2-13b, 13015864320",
    "llama-2-70b, 68976648192",
    "llama-3-8b, 8030261248",
    "llama-3.1-8b, 8030261248",
    "llama-3.1-70b, 70553706496",
    "llama-3.1-405b, 405853388800",
    "codellama-34b, 33743970304",
    "tinyllama-1.1b, 1100048384",
    "yi-34b, 34388917248",
    "mistral-7b, 7241732096",
    "mistral-7b-v0.3, 7248023552",
    "mistral-nemo, 12247782400",
    "mistral-large-2407, 122610069504",
    "internlm2.5-7b, 7737708544",
    "phi-3-mini, 3821079552",
    "phi-4, 14659507200",
    "falcon3-7b, 7455550464",
    "llama-3.3-nemotron-super-49b, 49867145216",
    // Tied.
    "llama-3.2-1b, 1235814400",
    "llama-3.2-3b, 3212749824",
    "smollm2-360m, 361821120",
    "smollm2-1.7b, 1711376384",
    "smollm3-3b, 3075098624",
    "phi-4-mini, 3836021760",
    "gemma-2b, 2506172416",
    "gemma-7b, 8537680896",
    "gemma-2-2b, 2614341888",
    "gemma-2-9b, 9241705984",
    "gemma-2-27b, 27227128320",
    "gemma-3-1b, 999885952",
    "command-r-v01, 34980831232",
    "command-r7b-12-2024, 8028033024",
    "command-r-plus, 103810674688",
    "command-a-03-2025, 111057580032",
    // Biases of queries, keys and values.
    "qwen-7b, 7721324544",
    "qwen2-0.5b, 494032768",
    "qwen2-1.5b, 1543714304",
    "qwen2.5-3b, 3085938688",
    "qwen2.5-7b, 7615616512",
    "qwen2.5-14b, 14770033664",
    "qwen2.5-32b, 32763876352",
    "qwen2.5-72b, 72706203648",
    "chatglm3-6b, 6243584000",
    "stablelm-2-1.6b, 1644515328",
    // Norms of queries and keys.
    "qwen3-0.6b, 596049920",
    "qwen3-1.7b, 1720574976",
    "qwen3-4b, 4022468096",
    "qwen3-8b, 8190735360",
    "qwen3-14b, 14768307200",
    "qwen3-32b, 32762123264",
    "exaone-4.0-32b, 32003216384",
    // Not gated, other norms and biases.
    "gpt2, 124439808",
    "gpt-j-6b, 6050882784",
    "gpt-neox-20b, 20554567680",
    "pythia-12b, 11846072320",
    "bloom-7b1, 7069016064",
    "bloom-176b, 176247271424",
    "falcon-7b, 6921720704",
    "falcon-40b, 41303293952",
    "mpt-7b, 6649286656",
    "mpt-30b, 29957200896",
    "phi-2, 2779683840",
    "starcoder, 15517456384",
    "olmo-7b, 6888095744",
    // Experts.
    "mixtral-8x7b, 46702792704",
    "mixtral-8x22b, 140620634112",
    "qwen1.5-moe-a2.7b, 14315784192",
    "qwen3-30b-a3b, 30532122624",
    "qwen3-235b-a22b, 235093634560",
    "qwen3-coder-480b-a35b, 480154875392",
    "olmoe-1b-7b, 6919161856",
    "glm-4.5-air, 106852251264",
    "dbrx-instruct, 131596523520",
    "deepseek-moe-16b, 16375728128",
    "gpt-oss-20b, 20914757184",
    "gpt-oss-120b, 116829156672",
    // Latent attention; without the draft's layers.
    "deepseek-v2-lite, 15706484224",
    "deepseek-v2, 235741434880",
    "deepseek-v3, 671026419200",
    "kimi-k2, 1026408232448",
    // Layers with a state.
    "falcon-mamba-7b, 7272665088",
    "jamba-v0.1, 51570323328",
    "lfm2-350m, 354483968",
    "granite-4.0-h-micro, 3191396096",
    "kimi-linear-48b-a3b, 49122681728",
    "qwen3-next-80b-a3b, 79674391296",
    "falcon-h1-0.5b, 521411104",
    "falcon-h1-7b, 7585648736",
    "minimax-m1-80k, 456089655296",
    "recurrentgemma-2b, 2682862080",
    "hunyuan-a13b, 80393183232",
    // With a tower for images.
    "qwen2.5-vl-7b, 8292166656",
    "qwen3-vl-2b, 2127532032",
    "qwen3-vl-4b, 4437815808",
    "qwen3-vl-8b, 8767123696",
    "qwen3-vl-30b-a3b, 31070754032",
    "llama-4-scout, 108641793536",
    "gemma-3-4b, 4300079472",
    "gemma-3-12b, 12187325040",
    "gemma-3-27b, 27432406640",
    "mistral-small-3.1-24b, 24011361280"
  })
  void countsWhatTheCheckpointHas(String model, long parameters) {
    ModelWeights weights = weights(model);

    assertThat(weights.parameters()).isEqualTo(parameters);
    assertThat(weights.uncounted()).isEmpty();
  }

  /** Where a card rounds: billions of numbers, to the digits that it gives. */
  @ParameterizedTest
  @CsvSource({
    "ernie-4.5-21b-a3b, 21.8",
    "minimax-m2, 228.7",
    "minimax-m2.5, 228.7",
    "glm-4.7-flash, 29.9",
    "nemotron-h-8b, 8.1",
    "nemotron-3-ultra-550b-a55b, 550",
    "nemotron-3-nano-30b-a3b, 31.6",
    "kimi-k2.5, 1026.4",
    "llama-4-maverick, 401.6",
    "gemma-4-31b, 30.7",
    "gemma-4-26b-a4b, 25.2",
    "qwen3.5-27b, 26.9",
    "lfm2-8b-a1b, 8.34",
    "bamba-9b, 9.78",
    "granite-4.0-h-tiny, 6.94"
  })
  void countsWhatACardRounds(String model, double billions) {
    assertThat(weights(model).parameters() / 1e9)
        .isCloseTo(billions, org.assertj.core.data.Percentage.withPercentage(0.2));
  }

  /** 60 layers of 384 experts in 4 bits, with a scale of 16 bits for 32: 594 GB on the hub. */
  @Test
  void expertsAloneAreQuantisedWhereTheOthersAreIgnored() {
    ModelWeights weights = weights("kimi-k2.5");

    long experts = 60L * 384 * 3 * 7168 * 2048;
    assertThat(weights.bytes()).isEqualTo(experts * 9 / 16 + 2 * (weights.parameters() - experts));
    assertThat(weights.bytes() / 1e9)
        .isCloseTo(594, org.assertj.core.data.Percentage.withPercentage(0.2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3.5-27b", "gemma-4-31b", "phi-3.5-vision"})
  void aTowerThatIsNotCountedIsSaid(String model) {
    assertThat(weights(model).uncounted()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "nemotron-3-super-120b-a12b-fp8, quantization_config is missing; the name of the model says",
    "zamba2-7b, the weights of model_type \"zamba2\" are not known",
    "gemma-3n-e4b, the weights of model_type \"gemma3n_text\" are not known",
    "gemma-4-e2b, the weights of layers that share or cross keys and values are not known",
    "falcon-h1-34b, vocab_size is missing",
    "gemma-4-31b-it-nvfp4, quantization_config.ignore is missing",
    "qwen3.6-35b-a3b-nvfp4, quantization_config.quant_algo is not known to count weights by"
  })
  void whatIsNotKnownIsRefused(String model, String reason) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> weights(model))
        .withMessageContaining(reason);
  }

  /** One matrix of each kind by hand: 2 layers, hidden 64, 4 heads of 16, 2 of them KV. */
  @Test
  void aSmallModelIsTheSumOfItsParts() {
    ModelWeights weights = llama("");

    long attention = 64 * 64 + 2 * 32 * 64 + 64 * 64;
    long layer = attention + 3 * 128 * 64 + 2 * 64;
    assertThat(weights.parameters()).isEqualTo(2 * 1000 * 64 + 64 + 2 * layer);
    assertThat(weights.bytes()).isEqualTo(2 * weights.parameters());
  }

  @Test
  void aTiedHeadIsCountedOnceAndHeldOnTheLastStageToo() {
    ModelWeights tied = llama(", \"tie_word_embeddings\": true");
    ModelWeights untied = llama("");

    assertThat(untied.parameters() - tied.parameters()).isEqualTo(1000 * 64);
    assertThat(tied.bytesPerGpu(new RankLayout(1, 2, 1)))
        .isEqualTo(untied.bytesPerGpu(new RankLayout(1, 2, 1)));
  }

  /** The vocabulary is padded to 1,024 rows; 4 ranks keep each of 2 KV heads twice. */
  @Test
  void ranksShareWhatTheyCan() {
    ModelWeights weights = llama("");

    long vocabulary = 2 * 1024 / 4 * 64;
    long attention = 16 * 64 + 2 * 16 * 64 + 64 * 16;
    long layer = attention + 3 * 32 * 64 + 2 * 64;
    assertThat(weights.bytesPerGpu(new RankLayout(4, 1, 1)))
        .isEqualTo(2 * (vocabulary + 64 + 2 * layer));
  }

  @Test
  void theFullestStageHasTheHead() {
    ModelWeights weights = llama("");

    long layer = 64 * 64 + 2 * 32 * 64 + 64 * 64 + 3 * 128 * 64 + 2 * 64;
    assertThat(weights.bytesPerGpu(new RankLayout(1, 2, 1)))
        .isEqualTo(2 * (layer + 64 + 1024 * 64));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> weights.bytesPerGpu(new RankLayout(1, 3, 1)))
        .withMessage("small: 2 layers cannot be on 3 stages");
  }

  @Test
  void expertsAreSplitOrGoWholeToRanks() {
    ModelWeights weights = weights("qwen3-30b-a3b");
    long split = weights.bytesPerGpu(new RankLayout(4, 1, 1));
    long whole = weights.bytesPerGpu(new RankLayout(4, 1, 4));

    assertThat(split).isEqualTo(whole).isLessThan(weights.bytes() / 3);
    assertThat(weights.bytesPerGpu(new RankLayout(4, 1, 3)) - whole)
        .as("43 of 128 experts instead of 32")
        .isEqualTo(11L * 48 * 3 * 2048 * 768 * 2);
  }

  /** GiB that engines print when they load, which keep buffers beside the weights. */
  @ParameterizedTest
  @CsvSource({
    "llama-3.1-8b, 14.96",
    "qwen3-0.6b, 1.11",
    "qwen3-8b, 15.26",
    "qwen3-30b-a3b, 56.87",
    "mistral-small-3.1-24b, 44.72",
    "llama-3.1-70b-instruct-fp8, 67.67"
  })
  void bytesAreThoseThatEnginesLoad(String model, double gib) {
    assertThat(weights(model).bytes() / GIB)
        .isCloseTo(gib, org.assertj.core.data.Offset.offset(0.006));
  }

  private ModelWeights llama(String more) {
    Path file = folder.resolve("small.json");
    try {
      Files.writeString(
          file,
          "{\"model_type\": \"llama\", \"hidden_size\": 64, \"intermediate_size\": 128,"
              + " \"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"num_key_value_heads\": 2,"
              + " \"vocab_size\": 1000"
              + more
              + "}");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return weights(file.toString());
  }

  private ModelWeights weights(String model) {
    return DecoderWeights.of(catalogue.locate(model));
  }
}
