package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.BF16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.tensors.SafetensorsWriter;
import io.headroom.tensors.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointShapesTest {
  private static final int HIDDEN = 8;

  /** Two layers of 2 KV heads of 4 channels. */
  private static final String LLAMA =
      """
      {"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
       "num_key_value_heads": 2, "head_dim": 4}
      """;

  private static final String DEEPSEEK =
      """
      {"model_type": "deepseek_v2", "hidden_size": 8, "num_hidden_layers": 1,
       "num_attention_heads": 2, "num_key_value_heads": 2, "kv_lora_rank": 6,
       "qk_rope_head_dim": 2, "qk_nope_head_dim": 4, "v_head_dim": 4}
      """;

  @TempDir Path folder;
  private ModelCatalogue catalogue;

  @BeforeEach
  void make() throws IOException {
    catalogue = new ModelCatalogue(Files.createDirectory(folder.resolve("none")));
  }

  private long bytesPerToken(String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    return catalogue.find(folder.toString()).kvBytesPerToken(BF16);
  }

  private static SafetensorsWriter projection(String name, int channels) {
    return new SafetensorsWriter()
        .tensor(name, TensorType.BF16, new double[channels * HIDDEN], channels, HIDDEN);
  }

  @Test
  void tensorsOfTheModelAreFine() throws IOException {
    projection("model.layers.0.self_attn.k_proj.weight", 8)
        .write(folder.resolve("model-00001-of-00002.safetensors"));
    projection("model.layers.1.self_attn.v_proj.weight", 8)
        .write(folder.resolve("model-00002-of-00002.safetensors"));

    assertThat(bytesPerToken(LLAMA)).isEqualTo(2 * 2 * 8 * 2);
  }

  @Test
  void thoseOfAnotherModelAreNamed() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    projection("model.layers.1.self_attn.k_proj.weight", 4).write(weights);

    assertThatThrownBy(() -> bytesPerToken(LLAMA))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "%s: tensor model.layers.1.self_attn.k_proj.weight has 4 channels, by config.json it should have 8: one of the two files is of another model",
            weights);
  }

  @Test
  void latentRowsAreHeldAgainstTheirProjection() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    projection("model.layers.0.self_attn.kv_a_proj_with_mqa.weight", 6 + 2).write(weights);
    assertThat(bytesPerToken(DEEPSEEK)).isEqualTo((6 + 2) * 2);

    projection("model.layers.0.self_attn.kv_a_proj_with_mqa.weight", 6).write(weights);
    assertThatThrownBy(() -> bytesPerToken(DEEPSEEK)).hasMessageContaining("has 6 channels");
  }

  /** Towers, layers of prediction beyond the last, and weights that were not fetched. */
  @Test
  void othersSayNothing() throws IOException {
    projection("vision_tower.layers.0.self_attn.k_proj.weight", 3)
        .write(folder.resolve("a.safetensors"));
    projection("model.layers.2.self_attn.k_proj.weight", 3).write(folder.resolve("b.safetensors"));
    Files.writeString(
        folder.resolve("c.safetensors"), "version https://git-lfs.github.com/spec/v1\n");

    assertThat(bytesPerToken(LLAMA)).isEqualTo(2 * 2 * 8 * 2);
  }
}
