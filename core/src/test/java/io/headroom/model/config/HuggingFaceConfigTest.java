package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.BF16;
import static io.headroom.model.LayerKind.FULL;
import static io.headroom.model.LayerKind.LINEAR;
import static io.headroom.model.LayerKind.SHARED;
import static io.headroom.model.LayerKind.SLIDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.UserException;
import io.headroom.model.AttentionVariant;
import io.headroom.model.GroupedHeads;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HuggingFaceConfigTest {
  private static final String SIX_LAYERS =
      "'hidden_size': 64, 'num_hidden_layers': 6, 'num_attention_heads': 8";
  private static final float SCALE_TOLERANCE = 1e-7f;

  @TempDir Path folder;

  @Test
  void kvHeadsAreQueryHeadsUnlessStated() throws IOException {
    ModelSpec model = read("{'model_type': 'llama', " + SIX_LAYERS + "}");

    assertThat(model.variant()).isEqualTo(AttentionVariant.MHA);
    assertThat(model.leadingLayer().heads()).isEqualTo(new GroupedHeads(8, 8, 8, 8));
    assertThat(
            read("{'model_type': 'llama', " + SIX_LAYERS + ", 'num_key_value_heads': null}")
                .kvHeads())
        .isEqualTo(8);
  }

  @Test
  void headDimAndValueDimAreTheConfigsOwn() throws IOException {
    ModelSpec model =
        read(
            "{'model_type': 'llama', "
                + SIX_LAYERS
                + ", 'num_key_value_heads': 2, 'head_dim': 24, 'v_head_dim': 16}");

    assertThat(model.leadingLayer().heads()).isEqualTo(new GroupedHeads(8, 2, 24, 16));
    assertThat(model.kvBytesPerToken(BF16)).isEqualTo(6 * 2 * (24 + 16) * 2);
  }

  @Test
  void gptNamesAreKnown() throws IOException {
    ModelSpec model =
        read(
            "{'model_type': 'gpt2', 'n_embd': 64, 'n_head': 4, 'n_layer': 3, 'n_positions': 128,"
                + " 'n_ctx': 128, 'vocab_size': 50}");

    assertThat(model.hiddenSize()).isEqualTo(64);
    assertThat(model.layers()).hasSize(3);
    assertThat(model.maxPositions()).isEqualTo(128);
    assertThat(model.vocabSize()).isEqualTo(50);
    assertThat(model.leadingLayer().heads()).isEqualTo(new GroupedHeads(4, 4, 16, 16));
  }

  @Test
  void multiQueryModelsHaveOneKvHead() throws IOException {
    assertThat(read("{'model_type': 'gpt_bigcode', " + SIX_LAYERS + "}").kvHeads()).isEqualTo(1);
    assertThat(
            read("{'model_type': 'gpt_bigcode', 'multi_query': false, " + SIX_LAYERS + "}")
                .kvHeads())
        .isEqualTo(8);
  }

  @Test
  void falconCountsByItsDecoder() throws IOException {
    String falcon = "{'model_type': 'falcon', 'num_kv_heads': 4, " + SIX_LAYERS;

    assertThat(read(falcon + "}").kvHeads()).isEqualTo(1);
    assertThat(read(falcon + ", 'multi_query': false}").kvHeads()).isEqualTo(4);
    assertThat(read(falcon + ", 'new_decoder_architecture': true}").kvHeads()).isEqualTo(4);
  }

  @Test
  void decoderMayLieInTextConfig() throws IOException {
    ModelSpec model =
        read("{'model_type': 'llava', 'hidden_size': 1, 'text_config': {" + SIX_LAYERS + "}}");

    assertThat(model.hiddenSize()).isEqualTo(64);
  }

  @Test
  void namesComeFromTheFileOrItsFolder() throws IOException {
    Path model = Files.createDirectory(folder.resolve("my-model"));
    Path config = model.resolve("config.json");
    Files.writeString(config, json("{'model_type': 'llama', " + SIX_LAYERS + "}"));

    assertThat(ModelFile.read(config).name()).isEqualTo("my-model");
    assertThat(read("{'model_type': 'llama', " + SIX_LAYERS + "}").name()).isEqualTo("given");
  }

  @ParameterizedTest
  @MethodSource
  void layersSlideByTheModelsOwnPattern(String keys, List<Integer> windows) throws IOException {
    ModelSpec model = read("{" + SIX_LAYERS + ", " + keys + "}");

    assertThat(model.layers()).extracting(LayerSpec::window).isEqualTo(windows);
  }

  static Stream<Arguments> layersSlideByTheModelsOwnPattern() {
    return Stream.of(
        Arguments.of("'model_type': 'mistral', 'sliding_window': 9", List.of(9, 9, 9, 9, 9, 9)),
        Arguments.of("'model_type': 'mistral', 'sliding_window': null", List.of(0, 0, 0, 0, 0, 0)),
        Arguments.of("'model_type': 'mistral'", List.of(4096, 4096, 4096, 4096, 4096, 4096)),
        Arguments.of("'model_type': 'qwen2', 'sliding_window': 9", List.of(0, 0, 0, 0, 0, 0)),
        Arguments.of(
            "'model_type': 'qwen2', 'sliding_window': 9, 'use_sliding_window': false,"
                + " 'max_window_layers': 2",
            List.of(0, 0, 0, 0, 0, 0)),
        Arguments.of(
            "'model_type': 'qwen2', 'sliding_window': 9, 'use_sliding_window': true,"
                + " 'max_window_layers': 4",
            List.of(0, 0, 0, 0, 9, 9)),
        Arguments.of(
            "'model_type': 'qwen2', 'sliding_window': 9, 'use_sliding_window': true",
            List.of(0, 0, 0, 0, 0, 0)),
        Arguments.of(
            "'model_type': 'qwen3_moe', 'sliding_window': 9, 'use_sliding_window': true",
            List.of(9, 9, 9, 9, 9, 9)),
        Arguments.of(
            "'model_type': 'gemma3n_text', 'head_dim': 8, 'sliding_window': 9,"
                + " 'num_kv_shared_layers': 0",
            List.of(9, 9, 9, 9, 0, 9)),
        Arguments.of("'model_type': 'gemma2', 'sliding_window': 9", List.of(9, 0, 9, 0, 9, 0)),
        Arguments.of("'model_type': 'gpt_oss', 'sliding_window': 9", List.of(9, 0, 9, 0, 9, 0)),
        Arguments.of("'model_type': 'gemma3_text', 'sliding_window': 9", List.of(9, 9, 9, 9, 9, 0)),
        Arguments.of("'model_type': 'cohere2', 'sliding_window': 9", List.of(9, 9, 9, 0, 9, 9)),
        Arguments.of(
            "'model_type': 'cohere2', 'sliding_window': 9, 'sliding_window_pattern': 3",
            List.of(9, 9, 0, 9, 9, 0)),
        Arguments.of(
            "'model_type': 'olmo3', 'sliding_window': 9, 'layer_types': ['full_attention', 'sliding_attention',"
                + " 'full_attention', 'full_attention', 'full_attention', 'sliding_attention']",
            List.of(0, 9, 0, 0, 0, 9)),
        Arguments.of(
            "'model_type': 'qwen2', 'sliding_window': 9, 'layer_types': ['full_attention',"
                + " 'sliding_attention', 'full_attention', 'full_attention', 'full_attention',"
                + " 'sliding_attention']",
            List.of(0, 0, 0, 0, 0, 0)));
  }

  @Test
  void linearLayersHoldNothing() throws IOException {
    ModelSpec byDefault = read("{'model_type': 'qwen3_next', 'head_dim': 8, " + SIX_LAYERS + "}");
    ModelSpec byInterval =
        read(
            "{'model_type': 'qwen3_next', 'head_dim': 8, 'full_attention_interval': 3, "
                + SIX_LAYERS
                + "}");

    assertThat(byDefault.layers())
        .extracting(LayerSpec::kind)
        .containsExactly(LINEAR, LINEAR, LINEAR, FULL, LINEAR, LINEAR);
    assertThat(byInterval.layers())
        .extracting(LayerSpec::kind)
        .containsExactly(LINEAR, LINEAR, FULL, LINEAR, LINEAR, FULL);
    assertThat(byInterval.kvBytes(10, BF16)).isEqualTo(10L * 2 * 8 * (8 + 8) * 2);
    assertThat(byInterval.layers().get(0).kvBytes(10, BF16)).isZero();
    assertThatThrownBy(() -> byInterval.layers().get(0).attention())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a layer of kind LINEAR has no attention");
  }

  @Test
  void sharedLayersHoldNothingOfTheirOwnButAttend() throws IOException {
    ModelSpec model =
        read(
            "{'model_type': 'gemma3n_text', 'sliding_window': 9, 'num_kv_shared_layers': 2,"
                + " 'head_dim': 8, "
                + SIX_LAYERS
                + "}");

    assertThat(model.layers())
        .extracting(LayerSpec::kind)
        .containsExactly(SLIDING, SLIDING, SLIDING, SLIDING, SHARED, SHARED);
    assertThat(model.kvBytes(100, BF16)).isEqualTo(9L * 4 * 8 * (8 + 8) * 2);
    assertThat(model.layers().get(4).attention().mask().window()).isZero();
    assertThat(model.layers().get(5).attention().mask().window()).isEqualTo(9);
  }

  @Test
  void globalHeadsAreThoseOfFullLayers() throws IOException {
    String gemma =
        "{'model_type': 'gemma4_text', 'sliding_window': 9, 'head_dim': 8, 'global_head_dim': 16,"
            + " 'num_key_value_heads': 4, 'num_global_key_value_heads': 2, "
            + SIX_LAYERS;

    ModelSpec keysAreValues = read(gemma + ", 'attention_k_eq_v': true}");
    assertThat(keysAreValues.layers().get(0).heads()).isEqualTo(new GroupedHeads(8, 4, 8, 8));
    assertThat(keysAreValues.layers().get(5).heads()).isEqualTo(new GroupedHeads(8, 2, 16, 16));
    assertThat(read(gemma + "}").layers().get(5).heads()).isEqualTo(new GroupedHeads(8, 4, 16, 16));
  }

  @Test
  void scaleIsTheConfigsOwn() throws IOException {
    assertThat(read("{'model_type': 'llama', " + SIX_LAYERS + "}").leadingLayer().scale())
        .isCloseTo((float) (1 / Math.sqrt(8)), within(SCALE_TOLERANCE));
    assertThat(
            read("{'model_type': 'gemma', 'query_pre_attn_scalar': 16, " + SIX_LAYERS + "}")
                .leadingLayer()
                .scale())
        .isEqualTo(0.25f);
    ModelSpec granite =
        read("{'model_type': 'granite', 'attention_multiplier': 0.0625, " + SIX_LAYERS + "}");
    assertThat(granite.leadingLayer().scale()).isEqualTo(0.0625f);
    assertThat(granite.asMqa().leadingLayer().scale()).isEqualTo(0.0625f);
  }

  @ParameterizedTest
  @MethodSource
  void wrongConfigurationsAreTheUsersMistake(String json, String message) throws IOException {
    Path file = folder.resolve("given.json");
    Files.writeString(file, json(json));

    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(UserException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").startsWith(file + ""))
        .satisfies(
            e ->
                assertThat(e.getMessage().substring(file.toString().length())).startsWith(message));
  }

  static Stream<Arguments> wrongConfigurationsAreTheUsersMistake() {
    String heads = "{'model_type': 'llama', 'hidden_size': 64, 'num_attention_heads': 8, ";
    String six = "{'model_type': 'llama', " + SIX_LAYERS + ", ";
    String sliding = "{'model_type': 'olmo3', " + SIX_LAYERS + ", ";
    String mla =
        "{'model_type': 'deepseek_v3', "
            + SIX_LAYERS
            + ", 'kv_lora_rank': 32, 'qk_rope_head_dim': 8, ";
    return Stream.of(
        Arguments.of("", ": a JSON object is needed: nothing"),
        Arguments.of("[1, 2]", ": a JSON object is needed: array"),
        Arguments.of("'text'", ": a JSON object is needed: string"),
        Arguments.of("hidden_size = 64", " is not valid JSON at line 1, column "),
        Arguments.of("{'hidden_size': 64", " is not valid JSON at line 1, column "),
        Arguments.of(six + "'a': 1} {}", " is not valid JSON at line 1, column "),
        Arguments.of(
            six + "'a': " + "[".repeat(100) + "]".repeat(100) + "}",
            ": Document nesting depth (33) exceeds the maximum allowed (32)"),
        Arguments.of(
            six + "'a': " + "9".repeat(2000) + "}",
            ": Number value length (2000) exceeds the maximum allowed (100)"),
        Arguments.of(
            "{}",
            ": model_type is missing; without it what the layers keep is not known;"
                + " --assume-plain computes as for plain attention and says so"),
        Arguments.of(
            "{'model_type': 'lama', " + SIX_LAYERS + "}",
            ": model_type is not known, so what its layers keep is not either; near it: llama,"),
        Arguments.of(
            six + "'sliding_window': 9, 'attention_chunk_size': 8}",
            ": sliding_window is not known in a model of type llama, and may change what its"
                + " layers keep: 9; so are attention_chunk_size; --assume-plain computes without"
                + " it and says so"),
        Arguments.of(
            six + "'use_shiny_attention': true}",
            ": use_shiny_attention is not known in a model of type llama, and may change what its"
                + " layers keep: true; --assume-plain computes without it and says so"),
        Arguments.of(
            six + "'num_hidden_layers': 5}",
            ": num_hidden_layers is given twice, leave one: 6 and 5"),
        Arguments.of(
            "{'model_type': 'llama'}",
            ": num_attention_heads is missing; an integer from 1 to 65536 is needed"),
        Arguments.of(
            "{'model_type': 'llama', 'num_attention_heads': 8}",
            ": hidden_size is missing; an integer from 1 to 16777216 is needed"),
        Arguments.of(
            "{'model_type': 'llama', 'hidden_size': 64, 'num_attention_heads': 8}",
            ": num_hidden_layers is missing; an integer from 1 to 4096 is needed"),
        Arguments.of(
            heads + "'num_hidden_layers': -3}",
            ": num_hidden_layers must be an integer from 1 to 4096: -3"),
        Arguments.of(
            heads + "'num_hidden_layers': 0}",
            ": num_hidden_layers must be an integer from 1 to 4096: 0"),
        Arguments.of(
            heads + "'num_hidden_layers': 6.5}",
            ": num_hidden_layers must be an integer from 1 to 4096: 6.5"),
        Arguments.of(
            heads + "'num_hidden_layers': '6'}",
            ": num_hidden_layers must be an integer from 1 to 4096: \"6\""),
        Arguments.of(
            heads + "'num_hidden_layers': true}",
            ": num_hidden_layers must be an integer from 1 to 4096: true"),
        Arguments.of(
            heads + "'num_hidden_layers': [6]}",
            ": num_hidden_layers must be an integer from 1 to 4096: [6]"),
        Arguments.of(
            heads + "'num_hidden_layers': 1000000}",
            ": num_hidden_layers must be an integer from 1 to 4096: 1000000"),
        Arguments.of(
            heads + "'num_hidden_layers': 18446744073709551622}",
            ": num_hidden_layers must be an integer from 1 to 4096: 18446744073709551622"),
        Arguments.of(
            heads + "'num_hidden_layers': 6, 'n_layer': 5}",
            ": n_layer must equal num_hidden_layers (6): 5"),
        Arguments.of(
            "{'model_type': 'llama', 'hidden_size': 65, 'num_attention_heads': 8}",
            ": hidden_size must be a multiple of the 8 query heads, or head_dim be given: 65"),
        Arguments.of(
            six + "'num_key_value_heads': 3}",
            ": num_key_value_heads must divide the 8 query heads: 3"),
        Arguments.of(
            six + "'num_key_value_heads': 16}",
            ": num_key_value_heads must divide the 8 query heads: 16"),
        Arguments.of(
            six + "'num_key_value_heads': 0}",
            ": num_key_value_heads must be an integer from 1 to 65536: 0"),
        Arguments.of(six + "'head_dim': 1e400}", ": head_dim must be an integer from 0 to 65536: "),
        Arguments.of(
            mla + "'v_head_dim': 8}",
            ": qk_nope_head_dim is missing; an integer from 1 to 65536 is needed"),
        Arguments.of(
            mla + "'qk_nope_head_dim': 8}",
            ": v_head_dim is missing; an integer from 1 to 65536 is needed"),
        Arguments.of(
            sliding + "'sliding_window_pattern': 'LLXG'}",
            ": sliding_window_pattern must be an integer or letters L and G: \"LLXG\""),
        Arguments.of(
            sliding + "'layer_types': ['full_attention']}",
            ": layer_types must have 6 values, one a layer, not 1: [\"full_attention\"]"),
        Arguments.of(
            six + "'layer_types': 'full_attention'}",
            ": layer_types must be an array of strings: \"full_attention\""),
        Arguments.of(
            six + "'layer_types': [1, 2, 3, 4, 5, 6]}",
            ": layer_types must be an array of strings: [1,2,3,4,5,6]"),
        Arguments.of(
            sliding
                + "'sliding_window': null,"
                + " 'layer_types': ['sliding_attention', 'a', 'a', 'a', 'a', 'a']}",
            ": sliding_window is missing; layer_types has sliding_attention, an integer is needed"),
        Arguments.of(
            sliding + "'layer_types': ['chunked_attention', 'a', 'a', 'a', 'a', 'a']}",
            ": layer_types may have full_attention and sliding_attention in a model of type olmo3,"
                + " not chunked_attention: "),
        Arguments.of(
            "{'model_type': 'gemma3n_text', " + SIX_LAYERS + ", 'num_kv_shared_layers': 6}",
            ": num_kv_shared_layers must be an integer from 0 to 5: 6"),
        Arguments.of(
            six + "'query_pre_attn_scalar': -1}",
            ": query_pre_attn_scalar must be a number above 0: -1"),
        Arguments.of(
            six + "'query_pre_attn_scalar': 1e-300}",
            ": query_pre_attn_scalar must give a softmax scale within the range of a float:"),
        Arguments.of("{'model_type': 7}", ": model_type must be a string: 7"),
        Arguments.of("{'text_config': [1]}", ": text_config must be an object: [1]"),
        Arguments.of(
            "{'text_config': {'model_type': 'olmo3', 'num_attention_heads': 6}}",
            ": text_config.hidden_size is missing; an integer from 1 to 16777216 is needed"));
  }

  @Test
  void wrongFilesAreTheUsersMistake() throws IOException {
    assertThatThrownBy(() -> ModelFile.read(folder))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + " is a folder; a config.json file, a params.json or a GGUF file in it is needed");
    Path absent = folder.resolve("absent.json");
    assertThatThrownBy(() -> ModelFile.read(absent))
        .isInstanceOf(UserException.class)
        .hasMessage(absent + ": no such file");
    Path large = folder.resolve("large.json");
    Files.write(large, json(" ".repeat(4 << 20) + "{}").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ModelFile.read(large))
        .isInstanceOf(UserException.class)
        .hasMessage(large + ": a config.json file of at most 4194304 bytes is allowed: 4194306");
    Path binary = folder.resolve("binary.json");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2, 3});
    assertThatThrownBy(() -> ModelFile.read(binary))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(binary.toString());
  }

  private ModelSpec read(String json) throws IOException {
    Path file = folder.resolve("given.json");
    Files.writeString(file, json(json));
    return ModelFile.read(file);
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
