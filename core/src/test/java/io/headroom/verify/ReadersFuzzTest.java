package io.headroom.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.AttentionEngine;
import io.headroom.engines.AttentionEngines;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ModelFile;
import io.headroom.tensors.SafetensorsWriter;
import io.headroom.tensors.TensorType;
import io.headroom.testkit.Fuzz;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, it is read or it is the user's mistake. */
class ReadersFuzzTest {
  private static final long MIB = 1L << 20;

  private static final List<String> TENSOR_TOKENS =
      List.of(
          "\"dtype\":\"F64\"",
          "\"dtype\":\"BOOL\"",
          "\"shape\":[1,1,4294967296,4294967296]",
          "\"shape\":[0]",
          "\"data_offsets\":[0,0]",
          "\"data_offsets\":[8,0]",
          "\"x\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},",
          "\"__metadata__\":{\"causal\":\"false\"},",
          "\"softmax_scale\":\"1e-320\",",
          "\"window\":\"999999999\",",
          "\0\0\0\0\0\0\0@");

  @TempDir Path folder;

  @Test
  void configurationsOfModels() {
    List<byte[]> valid =
        Stream.of(
                "gpt2",
                "llama-3.1-8b",
                "deepseek-v2-lite",
                "falcon-40b",
                "gemma-3-4b",
                "gemma-4-26b-a4b",
                "gpt-oss-20b",
                "qwen2-0.5b",
                "qwen3-next-80b-a3b")
            .map(name -> bytes(SharedData.projectRoot().resolve("conf/models/" + name + ".json")))
            .toList();
    List<String> tokens =
        List.of(
            "\"num_hidden_layers\": 1000000000,",
            "\"layer_types\": [\"sliding_attention\"],",
            "\"num_key_value_heads\": 65536,",
            "\"num_attention_heads\": 65536,",
            "\"head_dim\": 65536,",
            "\"head_dim\": null,",
            "\"kv_lora_rank\": 7,",
            "\"text_config\": {},",
            "\"sliding_window\": 2147483647,",
            "\"num_kv_shared_layers\": 3,",
            "\"query_pre_attn_scalar\": 1e-300,",
            "\"full_attention_interval\": 1,");

    long inputs =
        Fuzz.run(
            valid,
            tokens,
            64 * MIB,
            input -> {
              ModelSpec model = ModelFile.read(write("config.json", input));
              model.asMha();
              model.asMqa();
              model.kvBytesPerToken(KvPrecision.INT4);
              model.tokensThatFit(80_000_000_000L, KvPrecision.F32);
            });

    assertThat(inputs).isPositive();
  }

  @Test
  void attentionFiles() throws IOException {
    List<byte[]> valid = List.of(attention("causal", 2, 4, 2), attention("window", 1, 3, 3));

    assertThat(Fuzz.run(valid, TENSOR_TOKENS, 192 * MIB, this::verify)).isPositive();
  }

  @Test
  void layerFiles() throws IOException {
    write(
        "layer.config.json",
        ("{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_hidden_layers\": 2,"
                + " \"num_attention_heads\": 2, \"num_key_value_heads\": 1}")
            .getBytes(StandardCharsets.UTF_8));
    String prefix = "model.layers.1.self_attn.";
    Path file = folder.resolve("seed.safetensors");
    new SafetensorsWriter()
        .metadata("causal", "true")
        .tensor("hidden_states", TensorType.F32, new float[24], 1, 3, 8)
        .tensor("output", TensorType.F64, new double[24], 1, 3, 8)
        .tensor(prefix + "q_proj.weight", TensorType.F32, new float[64], 8, 8)
        .tensor(prefix + "k_proj.weight", TensorType.BF16, new float[32], 4, 8)
        .tensor(prefix + "k_proj.bias", TensorType.F32, new float[4], 4)
        .tensor(prefix + "v_proj.weight", TensorType.F16, new float[32], 4, 8)
        .tensor(prefix + "o_proj.weight", TensorType.F32, new float[64], 8, 8)
        .write(file);

    assertThat(Fuzz.run(List.of(bytes(file)), TENSOR_TOKENS, 192 * MIB, this::verify)).isPositive();
  }

  private void verify(byte[] input) {
    try (AttentionEngine engine = AttentionEngines.create("reference", 1)) {
      TensorVerification.read(write("layer.safetensors", input)).verify(engine);
    }
  }

  private byte[] attention(String name, int queryHeads, int tokens, int headDim)
      throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    float[] numbers = new float[queryHeads * tokens * headDim];
    new SafetensorsWriter()
        .metadata("causal", "true")
        .metadata("window", name.equals("window") ? "2" : "0")
        .metadata("softmax_scale", "0.5")
        .tensor("query", TensorType.F32, numbers, 1, queryHeads, tokens, headDim)
        .tensor("key", TensorType.F16, numbers, 1, queryHeads, tokens, headDim)
        .tensor("value", TensorType.BF16, numbers, 1, queryHeads, tokens, headDim)
        .tensor("output", TensorType.F64, numbers, 1, queryHeads, tokens, headDim)
        .write(file);
    return bytes(file);
  }

  private Path write(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
