package io.headroom.jobs.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.headroom.UserException;
import io.headroom.jobs.testkit.CommandRun;
import io.headroom.jobs.testkit.WithoutSpark;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(WithoutSpark.class)
class KvCommandTest {
  @TempDir Path folder;

  private static final long MIB = 1L << 20;

  @Test
  void countsEveryByteThatTheGoldenTableNames() throws IOException {
    Path models = SharedData.require("models");
    List<String> lines = Files.readAllLines(SharedData.require("golden/kv-bytes.csv"));

    assertThat(lines).hasSizeGreaterThan(60);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      JsonNode report =
          json(models.resolve(cells[0]).toString(), "--tokens", cells[1], "--precision", cells[2]);
      assertThat(report.path("kv_bytes_per_sequence").asLong())
          .as(line)
          .isEqualTo(Long.parseLong(cells[3]));
    }
  }

  @Test
  void tellsWhatIsKnownOfLlama() {
    JsonNode report = json("llama-2-7b", "--tokens", "1024", "--precision", "f16");

    assertThat(report.path("model").asText()).isEqualTo("llama-2-7b");
    assertThat(report.path("tokens").asLong()).isEqualTo(1024);
    assertThat(report.path("precision").asText()).isEqualTo("f16");
    assertThat(report.path("kv_bytes_per_token").asLong()).isEqualTo(524_288);
    assertThat(report.path("kv_bytes_per_sequence").asLong()).isEqualTo(512 * MIB);
    assertThat(report.path("kv_bytes_mha").asLong()).isEqualTo(512 * MIB);
    assertThat(report.path("kv_bytes_mqa").asLong()).isEqualTo(16 * MIB);
    assertThat(report.path("kv_bytes_per_gpu").asLong()).isEqualTo(512 * MIB);
  }

  @Test
  void tokensAndMemoriesAreWrittenInPowersOfTwoToo() {
    JsonNode report = json("llama-2-7b", "--tokens", "32k", "--memory", "24G");

    assertThat(report.path("tokens").asLong()).isEqualTo(32_768);
    assertThat(report.path("fits").get(0).path("memory_bytes").asLong()).isEqualTo(24L << 30);
  }

  @Test
  void statesThatDoNotGrowAreToldApart() {
    JsonNode report = json("nemotron-3-nano-30b-a3b", "--tokens", "32k");

    assertThat(report.path("kv_bytes_per_sequence").asLong()).isEqualTo(6_144L * 32_768);
    assertThat(report.path("state_bytes_per_sequence").asLong()).isEqualTo(49_082_368);
    assertThat(report.path("kv_bytes_per_gpu").asLong()).isEqualTo(6_144L * 32_768 + 49_082_368);
    assertThat(json("falcon-mamba-7b", "--tokens", "5").path("kv_bytes_per_sequence").asLong())
        .isZero();
  }

  @Test
  void imagesAndEncodersAreCountedAsAsked() {
    assertThat(
            json("llama-3.2-11b-vision", "--tokens", "1", "--images", "1")
                .path("state_bytes_per_sequence")
                .asLong())
        .isEqualTo(209_846_272);
    assertThat(
            json("t5-v1.1-xxl", "--tokens", "1", "--encoder-tokens", "1k")
                .path("state_bytes_per_sequence")
                .asLong())
        .isEqualTo(24L * 2 * 64 * 64 * 2 * 1024);
  }

  /** One line each, in their order; what is refused does not stop the others. */
  @Test
  void severalModelsAreAnsweredEachForItself() {
    CommandRun run = kv("qwen2-7b", "lama", "llama-2-7b", "--tokens", "1", "--json");

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.out()).hasSize(2);
    assertThat(run.out().get(0)).startsWith("{\"model\":\"qwen2-7b\"");
    assertThat(run.out().get(1)).startsWith("{\"model\":\"llama-2-7b\"");
    assertThat(run.err()).singleElement().asString().startsWith("headroom: no model 'lama' in ");
  }

  @Test
  void whatIsNotKnownIsAssumedOnRequestAndNamed() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("config.json"),
            """
            {"model_type": "shiny", "hidden_size": 64, "num_hidden_layers": 2,
             "num_attention_heads": 4, "sliding_window": 16}
            """);

    CommandRun refused = kv(config.toString(), "--tokens", "5");
    assertThat(refused.exitStatus()).isEqualTo(2);
    JsonNode report = json(config.toString(), "--tokens", "5", "--assume-plain");
    assertThat(report.path("kv_bytes_per_token").asLong()).isEqualTo(2 * 2 * 64 * 2);
    assertThat(report.path("assumed"))
        .extracting(JsonNode::asText)
        .containsExactly("model_type", "sliding_window");
    assertThat(kv(config.toString(), "--tokens", "5", "--assume-plain").out())
        .anyMatch(line -> line.contains("ASSUMED") && line.contains("sliding_window"));
    assertThat(json("gpt2", "--tokens", "5").path("assumed")).isEmpty();
  }

  /** Other programs read these; more may come, none may go. */
  @Test
  void keepsTheNamesThatProgramsRead() {
    List<String> names = new ArrayList<>();
    json("qwen2-7b", "--tokens", "1").fieldNames().forEachRemaining(names::add);

    assertThat(names)
        .contains(
            "model",
            "tokens",
            "precision",
            "kv_bytes_per_token",
            "kv_bytes_per_sequence",
            "state_bytes_per_sequence",
            "kv_bytes_mha",
            "kv_bytes_mqa",
            "kv_bytes_per_gpu",
            "assumed")
        .allMatch(name -> name.matches("[a-z_]+"));
  }

  @ParameterizedTest
  @CsvSource({
    "qwen2-0.5b, 12288",
    "qwen2-7b, 57344",
    "qwen2.5-32b, 262144",
    "llama-2-70b, 327680",
    "LLAMA-2-7B, 524288"
  })
  void knowsPublishedSizesOfAToken(String model, long bytes) {
    assertThat(json(model, "--tokens", "1").path("kv_bytes_per_token").asLong()).isEqualTo(bytes);
  }

  /** Eight KV heads: two ranks hold four each, sixteen hold one each. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 1, 2", "8, 1, 8", "16, 1, 8", "8, 5, 1.6"})
  void sharesHeadsAmongGpus(int gpus, int batch, double divisor) {
    JsonNode report =
        json("llama-2-70b", "--tokens", "100", "--tp", "" + gpus, "--batch", "" + batch);

    assertThat(report.path("kv_bytes_per_gpu").asLong())
        .isEqualTo(Math.round(100 * 327_680 / divisor));
    assertThat(report.path("kv_bytes_per_sequence").asLong()).isEqualTo(100 * 327_680);
  }

  /** 64 query heads and 8 KV heads: three GPUs split neither, sixteen keep each KV head twice. */
  @Test
  void warnsWhereEnginesWouldRefuseToSplitTheHeads() {
    CommandRun three = kv("llama-2-70b", "--tokens", "1", "--tp", "3", "--json");
    assertThat(three.out()).singleElement().asString().contains("\"kv_bytes_per_gpu\":122880");
    assertThat(three.err())
        .singleElement()
        .asString()
        .startsWith(
            "headroom: warning: llama-2-70b: 3 GPUs do not split 64 query heads and 8 KV heads");
    for (String gpus : List.of("1", "2", "8", "16", "64")) {
      assertThat(kv("llama-2-70b", "--tokens", "1", "--tp", gpus, "--json").err()).isEmpty();
    }
    assertThat(kv("deepseek-v3", "--tokens", "1", "--tp", "3", "--json").err()).isEmpty();
  }

  /**
   * Of a token: 32 layers x 8 heads x 2 x 128 numbers of Llama 3.1; the 61 rows of 576 of
   * DeepSeek-V3, with the 132 bytes of an indexer in V3.2.
   */
  @ParameterizedTest
  @CsvSource({
    "llama-3.1-8b, fp8, fp8, 65536",
    "llama-3.1-8b, fp8_e4m3, fp8, 65536",
    "llama-3.1-8b, half, f16, 131072",
    "llama-3.1-8b, fp8-per-token-head, fp8-per-token-head, 67584",
    "llama-3.1-8b, nvfp4, nvfp4, 36864",
    "llama-3.1-8b, q8_0, q8_0, 69632",
    "llama-3.1-8b, q4_0, q4_0, 36864",
    "llama-3.1-8b, f16/q4_0, f16/q4_0, 83968",
    "llama-3.1-8b, int8/int4, int8/int4, 53248",
    "llama-3.1-8b, int4/int8, int4/int8, 53248",
    "deepseek-v3, fp8, fp8, 35136",
    "deepseek-v3, fp8_ds_mla, fp8_ds_mla, 40016",
    "deepseek-v3.2, fp8_ds_mla, fp8_ds_mla, 48068"
  })
  void countsTheFormatsOfServingEngines(String model, String asked, String label, long bytes) {
    JsonNode report = json(model, "--tokens", "64", "--precision", asked);

    assertThat(report.path("precision").asText()).isEqualTo(label);
    assertThat(report.path("kv_bytes_per_token").asLong()).isEqualTo(bytes);
    assertThat(report.path("kv_bytes_per_sequence").asLong()).isEqualTo(64 * bytes);
  }

  /** Rows of 584 bytes: those of the window, and one for 4 or 128 tokens. */
  @Test
  void countsDeepSeekV4AsVllmDoes() {
    JsonNode bf16 = json("deepseek-v4-flash", "--tokens", "131072", "--precision", "bf16");
    JsonNode rows = json("deepseek-v4-flash", "--tokens", "131072", "--precision", "fp8_ds_mla");
    long indexers = indexerBytes("deepseek-v4-flash", 131_072);

    assertThat(rows.path("kv_bytes_per_sequence").asLong() - indexers)
        .isEqualTo((bf16.path("kv_bytes_per_sequence").asLong() - indexers) / 1024 * 584);
  }

  private static long indexerBytes(String model, long tokens) {
    return new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"))
        .find(model).layers().stream()
            .flatMap(layer -> layer.further().entries().stream())
            .filter(entries -> entries.channels() == 0)
            .mapToLong(entries -> entries.bytes(tokens, KvPrecision.BF16))
            .sum();
  }

  @Test
  void countsTheExpandedHeadsOfLatentRowsInFp8() {
    JsonNode report = json("deepseek-v3", "--tokens", "10", "--precision", "fp8_ds_mla");
    JsonNode fp8 = json("deepseek-v3", "--tokens", "10", "--precision", "fp8");

    assertThat(report.path("kv_bytes_mha")).isEqualTo(fp8.path("kv_bytes_mha"));
    assertThat(report.path("kv_bytes_mqa")).isEqualTo(fp8.path("kv_bytes_mqa"));
  }

  @Test
  void theCheckpointSaysTheFormatWhereNobodyAsks() {
    assertThat(json("gemma-4-31b-it-nvfp4", "--tokens", "1").path("precision").asText())
        .isEqualTo("fp8");
    assertThat(
            json("gemma-4-31b-it-nvfp4", "--tokens", "1", "--precision", "bf16")
                .path("precision")
                .asText())
        .isEqualTo("bf16");
    assertThat(kv("gemma-4-31b-it-nvfp4", "--tokens", "1").out().get(0))
        .isEqualTo(
            "gemma-4-31b-it-nvfp4, 1 tokens, fp8 (quantization_config.kv_cache_scheme), 1 GPU, batch of 1");
  }

  /** Gemma 3: 5 of 6 layers see the last 512 positions, or 1,024. */
  @Test
  void roundsToBlocksAndTellsHowEnginesAccountForWindows() {
    JsonNode plain = json("qwen2-7b", "--tokens", "1001", "--block", "16");
    JsonNode sliding = json("gemma-3-4b", "--tokens", "32768", "--block", "16").path("block");
    CommandRun text = kv("gemma-3-4b", "--tokens", "32768", "--block", "16");

    assertThat(plain.path("kv_bytes_per_sequence").asLong()).isEqualTo(1008 * 57_344);
    assertThat(plain.path("kv_bytes_per_gpu").asLong()).isEqualTo(1008 * 57_344);
    assertThat(plain.path("block").path("tokens").asInt()).isEqualTo(16);
    assertThat(json("qwen2-7b", "--tokens", "1001").has("block")).isFalse();
    assertThat(sliding.path("vllm_factor_without_hybrid_manager").asDouble()).isBetween(4.0, 6.0);
    assertThat(sliding.path("llama_cpp_kv_bytes_per_sequence").asLong())
        .isGreaterThan(sliding.path("vllm_kv_bytes_per_sequence").asLong());
    assertThat(text.out())
        .contains("blocks of 16 tokens: layers that keep every position keep whole blocks")
        .anyMatch(line -> line.startsWith("windows: vLLM keeps the blocks of the last window, "));
    assertThat(kv("qwen2-7b", "--tokens", "9", "--block", "16").out())
        .noneMatch(line -> line.startsWith("windows: ") || line.startsWith("states: "));
    assertThat(kv("nemotron-3-nano-30b-a3b", "--tokens", "5000", "--block", "16").out())
        .anyMatch(line -> line.startsWith("states: vLLM pads each to a block of attention, "));
  }

  @Test
  void tellsHowManyTokensFit() {
    JsonNode fits = json("llama-2-7b", "--tokens", "1", "--memory", "512MiB,79.18GiB").path("fits");

    assertThat(fits).hasSize(2);
    assertThat(fits.get(0).path("memory").asText()).isEqualTo("512MiB");
    assertThat(fits.get(0).path("memory_bytes").asLong()).isEqualTo(512 * MIB);
    assertThat(fits.get(0).path("tokens").asLong()).isEqualTo(1024);
    assertThat(fits.get(0).path("tokens_mha").asLong()).isEqualTo(1024);
    assertThat(fits.get(0).path("tokens_mqa").asLong()).isEqualTo(32 * 1024);
    assertThat(fits.get(1).path("memory_bytes").asLong()).isEqualTo((long) (79.18 * 1024 * MIB));
  }

  @Test
  void printsATableForPeople() {
    CommandRun run = kv("qwen2.5-32b", "--tokens", "32768");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().get(0)).isEqualTo("qwen2.5-32b, 32,768 tokens, bf16, 1 GPU, batch of 1");
    assertThat(run.out())
        .anyMatch(
            line ->
                line.startsWith("as configured, GQA")
                    && line.contains("262,144")
                    && line.contains("8,589,934,592")
                    && line.contains("8 GiB")
                    && line.contains("20.0 %"))
        .anyMatch(line -> line.startsWith("MHA ") && line.contains("100 %"))
        .anyMatch(line -> line.strip().startsWith("80GB ") && line.contains("305,175"));
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("headroom kv: Missing required options and parameters: '--tokens=N', 'MODEL'"),
        mistake("headroom kv: Missing required option: '--tokens=N'", "gpt2"),
        mistake(
            "headroom: --tokens x: not a number of tokens; allowed: an integer, such as 32768 or 32k",
            "gpt2",
            "--tokens",
            "x"),
        mistake(
            "headroom: --tokens -1: must be between 0 and 4294967296", "gpt2", "--tokens", "-1"),
        mistake(
            "headroom: --tokens 4294967297: must be between 0 and 4294967296",
            "gpt2",
            "--tokens",
            "4294967297"),
        mistake(
            "headroom: llama-2-7b: KV bytes must stay below 2^63, a batch of 2147483647 takes more",
            "llama-2-7b",
            "--tokens",
            "4294967296",
            "--batch",
            "2147483647"),
        mistake("headroom: --batch 0: must be at least 1", "gpt2", "--tokens", "5", "--batch", "0"),
        mistake(
            "headroom: --block 0: must be from 1 to 1048576",
            "gpt2",
            "--tokens",
            "5",
            "--block",
            "0"),
        mistake(
            "headroom: gpt2: tensor parallelism must be at least 1: 0",
            "gpt2",
            "--tokens",
            "5",
            "--tp",
            "0"),
        mistake(
            "headroom: --precision fp7: unknown; allowed: f32, f16, bf16, fp8, int8, int4, fp8-per-token-head",
            "gpt2",
            "--tokens",
            "5",
            "--precision",
            "fp7"),
        mistake(
            "headroom: phi-2: precision q8_0: q8_0 keeps blocks of 32 channels, heads of 80 are no multiple",
            "phi-2",
            "--tokens",
            "5",
            "--precision",
            "q8_0"),
        mistake(
            "headroom: deepseek-v3: precision int8/int4: a latent row (MLA) is key and value in one",
            "deepseek-v3",
            "--tokens",
            "5",
            "--precision",
            "int8/int4"),
        mistake(
            "headroom: gpt2: precision fp8_ds_mla: fp8_ds_mla keeps latent rows (MLA), not heads",
            "gpt2",
            "--tokens",
            "5",
            "--precision",
            "fp8_ds_mla"),
        mistake(
            "headroom: --memory lots: not an amount of memory; allowed: a number and B, KB, MB,",
            "gpt2",
            "--tokens",
            "5",
            "--memory",
            "lots"),
        mistake("headroom: --memory : not an amount", "gpt2", "--tokens", "5", "--memory", ""),
        mistake("headroom: --memory -5GB: not an", "gpt2", "--tokens", "5", "--memory", "-5GB"),
        mistake(
            "headroom: --memory 99999999TiB: too much; allowed: at most 65536TiB",
            "gpt2",
            "--tokens",
            "5",
            "--memory",
            "99999999TiB"),
        mistake("headroom: no model 'lama' in ", "lama", "--tokens", "5"),
        mistake(
            "headroom: /nowhere/config.json: no such file",
            "/nowhere/config.json",
            "--tokens",
            "5"),
        mistake("headroom: / is a folder; a config.json file", "/", "--tokens", "5"),
        mistake("headroom: --tokens 9t: not a number of tokens;", "gpt2", "--tokens", "9t"),
        mistake(
            "headroom: --images -1: must be from 0 to 10000",
            "gpt2",
            "--tokens",
            "5",
            "--images",
            "-1"),
        mistake("headroom kv: Unknown option: '--colour'", "gpt2", "--tokens", "5", "--colour"));
  }

  private static Arguments mistake(String message, String... arguments) {
    return arguments(message, List.of(arguments));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreOneLine(String message, List<String> arguments) {
    CommandRun run = kv(arguments.toArray(String[]::new));

    assertThat(run.exitStatus()).as(run.err().toString()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().startsWith(message);
  }

  @ParameterizedTest
  @CsvSource({
    "80GB, 80000000000",
    "79.18GiB, 85018877624",
    "1, 1",
    "1b, 1",
    "0.5 KiB, 512",
    "40mb, 40000000",
    "2TiB, 2199023255552",
    "0, 0"
  })
  void readsAmountsOfMemory(String text, long bytes) {
    assertThat(ByteSize.parse("--memory", text)).isEqualTo(new ByteSize(text, bytes));
  }

  @ParameterizedTest
  @CsvSource({"GB", "1.GB", ".5GB", "1e9", "1PB", "1 G B", "NaN", "１GB"})
  void refusesWhatIsNoAmountOfMemory(String text) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> ByteSize.parse("--memory", text))
        .withMessageStartingWith("--memory " + text + ": not an amount of memory; allowed: ");
  }

  @Test
  void weightsAreCountedWhereTheyAreAskedFor() {
    JsonNode report = json("llama-3.1-8b", "--tokens", "1", "--weights");

    assertThat(report.path("weights_bytes").asLong()).isEqualTo(2 * 8_030_261_248L);
    assertThat(report.path("weights_bytes_per_gpu").asLong()).isEqualTo(2 * 8_030_261_248L);
    assertThat(json("llama-3.1-8b", "--tokens", "1").has("weights_bytes")).isFalse();
    assertThat(kv("llama-3.1-8b", "--tokens", "1", "--weights").out())
        .contains(
            "weights: 8,030,261,248 numbers, 15.0 GiB in bfloat16, 15.0 GiB on the fullest GPU");
  }

  @Test
  void weightsAreSharedByRanksAndStages() {
    JsonNode shared = json("llama-3.1-8b", "--tokens", "1", "--weights", "--tp", "4");
    JsonNode staged = json("llama-3.1-8b", "--tokens", "1", "--weights", "--pp", "2");
    JsonNode whole = json("qwen3-30b-a3b", "--tokens", "1", "--weights", "--tp", "4", "--ep", "4");

    // Norms are on every rank.
    assertThat(shared.path("weights_bytes_per_gpu").asLong())
        .isEqualTo((2 * 8_030_261_248L - 2 * 65 * 4096) / 4 + 2 * 65 * 4096);
    assertThat(staged.path("weights_bytes_per_gpu").asLong())
        .isEqualTo(8_030_261_248L + 2 * 4096 / 2);
    assertThat(whole.path("weights_bytes_per_gpu").asLong())
        .isLessThan(whole.path("weights_bytes").asLong() / 3);
  }

  @Test
  void weightsThatAreNotCountedAreSaid() {
    CommandRun run = kv("qwen3.5-27b", "--tokens", "1", "--weights");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.err())
        .containsExactly(
            "headroom: warning: qwen3.5-27b: weights that are not counted: vision tower");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gemma-3n-e4b --weights | the weights of model_type \"gemma3n_text\" are not known",
        "llama-3.1-8b --pp 2 | --pp 2: is for --weights, which is not given",
        "llama-3.1-8b --weights --ep 0 | --ep 0: must be at least 1",
        "llama-3.1-8b --weights --pp 33 | llama-3.1-8b: 32 layers cannot be on 33 stages"
      })
  void weightsThatCannotBeCountedAreAMistake(String arguments, String message) {
    CommandRun run = kv((arguments + " --tokens 1").split(" "));

    assertThat(run.exitStatus()).isEqualTo(2);
    assertThat(run.err()).hasSize(1);
    assertThat(run.err().get(0)).endsWith(message);
  }

  private static CommandRun kv(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of("kv"), Stream.of(arguments)).toArray(String[]::new));
  }

  private static JsonNode json(String... arguments) {
    CommandRun run =
        kv(Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    return run.json();
  }
}
