package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.BF16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.headroom.UserException;
import io.headroom.model.ModelSpec;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What whole models of each family keep, against sums worked out by hand from their papers. */
class FamiliesTest {
  private final ModelCatalogue catalogue =
      new ModelCatalogue(SharedData.projectRoot().resolve("conf/models"));

  /**
   * Bytes in bfloat16: of a token while no window is full, of 32,768 tokens, and of what does not
   * grow.
   */
  @ParameterizedTest
  @CsvSource({
    // Layers without keys and values: attention layers x 2 x KV heads x channels x 2.
    "minimax-text-01, 40960, 1342177280, 146800640",
    "minimax-m1-80k, 40960, 1342177280, 146800640",
    "nemotron-3-nano-30b-a3b, 6144, 201326592, 49082368",
    "nemotron-h-8b, 16384, 536870912, 102137856",
    "jamba-v0.1, 16384, 536870912, 8716288",
    "bamba-9b, 12288, 402653184, 62287360",
    "granite-4.0-h-tiny, 8192, 268435456, 29030400",
    "recurrentgemma-2b, 8192, 16777216, 460800",
    "lfm2-350m, 12288, 402653184, 40960",
    "minicpm-sala, 8192, 268435456, 50331648",
    "kimi-linear-48b-a3b, 8064, 264241152, 43417600",
    "qwen3-next-80b-a3b, 24576, 805306368, 39518208",
    "qwen3.5-27b, 65536, 2147483648, 153944064",
    "qwen3.5-397b-a17b, 30720, 1006632960, 192061440",
    // Heads or windows that differ by layer.
    "llama-3.3-nemotron-super-49b, 200704, 6576668672, 0",
    "openelm-270m, 16128, 528482304, 0",
    "mimo-v2-flash, 222720, 780533760, 0",
    "zamba2-7b, 372736, 12213813248, 77925888",
    "gemma-3n-e4b, 40960, 285212672, 0",
    "baichuan-m1-14b, 122880, 2013265920, 122880",
    "llama-4-scout, 196608, 2818572288, 0",
    // Shared, repeated, or by other names.
    "hunyuan-large, 81920, 2684354560, 0",
    "hunyuan-a13b, 131072, 4294967296, 0",
    "ouro-2.6b, 1572864, 51539607552, 0",
    "step3, 62464, 2046820352, 0",
    "chatglm3-6b, 28672, 939524096, 0",
    "glm-4-9b, 40960, 1342177280, 0",
    "dbrx-instruct, 163840, 5368709120, 0",
    "mpt-7b, 524288, 17179869184, 0",
    "baichuan2-13b, 819200, 26843545600, 0",
    "qwen-7b, 524288, 17179869184, 0",
    "phi-3.5-vision, 393216, 12884901888, 0",
    "glm-4.5, 376832, 12348030976, 0",
    // Further caches: an indexer's keys of 132 bytes, compressed rows, what an encoder gives.
    "deepseek-v3.2, 78324, 2566520832, 0",
    "glm-5, 100152, 3281780736, 0",
    "glm-5.2, 92628, 3035234304, 0",
    "deepseek-v4-flash, 50261, 209747968, 12206080",
    "minimax-m3, 137472, 4504682496, 0",
    "minicpm3-4b, 952320, 31205621760, 0",
    "llama-3.2-90b-vision, 327680, 10737418240, 0",
    "whisper-large-v3, 163840, 5368709120, 245760000",
    "bart-large-cnn, 49152, 1610612736, 50331648",
    // Nothing that grows.
    "falcon-mamba-7b, 0, 0, 19922944",
  })
  void modelsKeepTheKnownBytes(String name, long perToken, long ofSequence, long state) {
    ModelSpec model = catalogue.find(name);

    assertThat(model.kvBytesPerToken(BF16)).isEqualTo(perToken);
    assertThat(model.kvBytes(32_768, BF16)).isEqualTo(ofSequence);
    assertThat(model.stateBytes(BF16)).isEqualTo(state);
    assertThat(model.kvBytesPerGpu(32_768, BF16, 1)).isEqualTo(ofSequence + state);
    assertThat(model.assumed()).isEmpty();
  }

  /** DeepSeek-V4-Flash: 21 layers compress by 4 and have an indexer, 20 by 128, all a window. */
  @Test
  void compressedEntriesAreKeptOnceTheyAreComplete() {
    ModelSpec model = catalogue.find("deepseek-v4-flash");
    long tokens = 1_000_003;
    long rows = tokens / 4;

    assertThat(model.kvBytes(tokens, BF16))
        .isEqualTo(43 * 128 * 1024L + 21 * rows * (1024 + 132) + 20 * (tokens / 128) * 1024);
  }

  /** 20 layers keep 8 KV heads of 128 channels for 4 tiles of 40 x 40 patches and one more. */
  @Test
  void anImageTakesAConstant() {
    ReadingOptions twoImages = new ReadingOptions(false, 2, OptionalInt.empty());
    ModelSpec model = catalogue.locate("llama-3.2-90b-vision", twoImages).model();

    assertThat(model.stateBytes(BF16)).isEqualTo(2 * 20 * 4096L * 4 * 1601);
  }

  /** T5-v1.1-XXL: 24 layers of 64 heads with 64 channels. */
  @Test
  void anEncodersLengthIsSaidWhereItHasNoLimit() {
    ReadingOptions options = new ReadingOptions(false, 0, OptionalInt.of(1000));
    ModelSpec model = catalogue.locate("t5-v1.1-xxl", options).model();

    assertThat(model.kvBytesPerToken(BF16)).isEqualTo(24 * 2 * 64 * 64 * 2);
    assertThat(model.stateBytes(BF16)).isEqualTo(24L * 2 * 64 * 64 * 2 * 1000);
  }

  /**
   * What newer or derived files write beside what older ones have: kinds of layers that an
   * indexer's list decides on, a kind of attention that is the only one, a list in the place of a
   * pattern.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "glm_moe_dsa | 2 | 'kv_lora_rank': 512, 'qk_rope_head_dim': 64, 'qk_nope_head_dim': 192, 'v_head_dim': 256, 'indexer_types': ['full', 'shared'], 'layer_types': ['deepseek_sparse_attention', 'deepseek_sparse_attention'] | 2436",
        "longcat_flash | 2 | 'num_layers': 1, 'kv_lora_rank': 512, 'qk_rope_head_dim': 64, 'qk_nope_head_dim': 128, 'v_head_dim': 128, 'attention_method': 'MLA' | 2304",
        "exaone4 | 2 | 'sliding_window': null, 'sliding_window_pattern': null, 'layer_types': ['full_attention', 'full_attention'] | 1024",
      })
  void newerKeysAreRead(
      String type, int layers, String keys, long bytesPerToken, @TempDir Path folder)
      throws IOException {
    String json =
        "{'model_type': '%s', 'hidden_size': 128, 'num_hidden_layers': %d, 'num_attention_heads': 2, 'head_dim': 64, %s}"
            .formatted(type, layers, keys);
    Path config = Files.writeString(folder.resolve("config.json"), json.replace('\'', '"'));

    assertThat(ModelFile.read(config).kvBytesPerToken(BF16)).isEqualTo(bytesPerToken);
    Files.writeString(
        config,
        Files.readString(config).replace("MLA", "linear").replace("deepseek_sparse", "linear"));
    if (!type.equals("exaone4")) {
      assertThatThrownBy(() -> ModelFile.read(config)).isInstanceOf(UserException.class);
    }
  }

  /** Heads of a state are split over ranks; groups are replicated where there are too few. */
  @Test
  void aRankHoldsItsShareOfAState() {
    ModelSpec nemotron = catalogue.find("nemotron-3-nano-30b-a3b");
    long head = 64 * 3 * 2 + 64 * 128 * 4;
    long group = 2 * 128 * 3 * 2;

    assertThat(nemotron.stateBytesPerGpu(BF16, 16)).isEqualTo(23 * (4 * head + group));
  }

  /**
   * A log of vLLM for Qwen3-Next-80B-A3B: a pool of 16.63 GiB holds 708,425 tokens of sequences of
   * 65,536, each with its state.
   */
  @Test
  void statesAreThoseThatAnEngineLogs() {
    ModelSpec model = catalogue.find("qwen3-next-80b-a3b");
    double sequences = 16.63 * (1L << 30) / model.kvBytesPerGpu(65_536, BF16, 1);

    assertThat(sequences * 65_536).isCloseTo(708_425, withinPercentage(0.5));
  }
}
