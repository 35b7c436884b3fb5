package io.headroom.jobs.mistakes;

import static io.headroom.jobs.mistakes.MalformedInput.model;
import static io.headroom.jobs.mistakes.MalformedKind.MODEL_TEXT;
import static io.headroom.jobs.mistakes.MalformedKind.MODEL_VALUE;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Configurations of models that are no JSON, or whose values cannot be. */
final class MalformedModels {
  private static final String GOOD =
      "\"model_type\": \"olmo3\", \"hidden_size\": 64, \"num_hidden_layers\": 6,"
          + " \"num_attention_heads\": 8";

  private MalformedModels() {}

  static Stream<MalformedInput> all() {
    return Stream.concat(texts(), values());
  }

  private static Stream<MalformedInput> texts() {
    return Stream.of(
        text("nothing", "", ": a JSON object is needed: nothing"),
        text("a list", "[]", ": a JSON object is needed: array"),
        text("null", "null", ": a JSON object is needed: null"),
        text("a number", "1e999", ": a JSON object is needed: number"),
        text("half an object", "{" + GOOD, " is not valid JSON at line 1, column "),
        text("two objects", "{" + GOOD + "} {}", " is not valid JSON at line 1, column "),
        text(
            "a key twice",
            "{" + GOOD + ", \"hidden_size\": 65}",
            ": hidden_size is given twice, leave one: 64 and 65"),
        text("single quotes", "{'hidden_size': 64}", " is not valid JSON at line 1, column "),
        text("a comment", "{/* */}", " is not valid JSON at line 1, column "),
        text(
            "NaN",
            "{\"model_type\": \"llama\", \"num_attention_heads\": 8, \"hidden_size\": NaN}",
            ": hidden_size must be an integer from 1 to 16777216: "),
        text("a NUL", "{\"a\0\": 1}", " is not valid JSON at line 1, column "),
        text(
            "an escape sequence of terminals",
            "{\u001b[31m}",
            " is not valid JSON at line 1, column "),
        model(MODEL_TEXT, "random bytes", new byte[] {-1, -2, 3, -128, 7}, ""),
        model(MODEL_TEXT, "half a letter in UTF-8", new byte[] {'{', '"', -61}, " "),
        model(
            MODEL_TEXT,
            "UTF-16 that is cut in a letter",
            new byte[] {-2, -1, 0, '{', 0, '"', 0},
            ""),
        model(
            MODEL_TEXT,
            "Latin-1",
            "{\"a\": \"Größe\"}".getBytes(StandardCharsets.ISO_8859_1),
            " is not valid JSON at line 1, column "),
        text(
            "10,000 open lists",
            "{\"a\": " + "[".repeat(10_000),
            ": Document nesting depth (33) exceeds the maximum allowed (32)"),
        text(
            "10,000 open objects",
            "{\"text_config\": ".repeat(10_000),
            ": Document nesting depth (33) exceeds the maximum allowed (32)"),
        text("a number of 10,000 digits", "{\"hidden_size\": " + "9".repeat(10_000) + "}", ": "),
        text("a text of 2 MiB", "{\"a\": \"" + "x".repeat(2 << 20) + "\"}", ": "),
        text("a key of 20,000 letters", "{\"" + "k".repeat(20_000) + "\": 1}", ": "),
        new MalformedInput(
            MODEL_TEXT,
            "a line of 100 MB",
            folder -> MalformedInput.kv(SparseFile.of(folder.resolve("config.json"), 100_000_000)),
            "FOLDER/config.json: a config.json file of at most 4194304 bytes is allowed: 100000000"));
  }

  private static Stream<MalformedInput> values() {
    return Stream.of(
        value("no layers", "\"n_layer\": 0", ": n_layer must be an integer from 1 to 4096: 0"),
        layers("a milliard of layers", "1000000000", "1000000000"),
        layers("fewer layers than none", "-1", "-1"),
        layers("2^63 layers", "9223372036854775808", "9223372036854775808"),
        layers("an infinite number of layers", "1e999", ""),
        layers("half a layer", "0.5", "0.5"),
        layers("layers in words", "\"many\"", "\"many\""),
        layers("layers that would turn the terminal red", "\"\\u001b[31m\"", "\"\\u001B[31m\""),
        layers("a list of layers", "[6]", "[6]"),
        text(
            "no heads",
            "{\"model_type\": \"llama\", \"hidden_size\": 64, \"n_layer\": 6}",
            ": num_attention_heads is missing"),
        value(
            "two numbers of layers",
            "\"n_layer\": 7",
            ": n_layer must equal num_hidden_layers (6): 7"),
        value(
            "KV heads that do not divide",
            "\"num_key_value_heads\": 3",
            ": num_key_value_heads must divide the 8 query heads: 3"),
        value(
            "more KV heads than query heads",
            "\"num_key_value_heads\": 16",
            ": num_key_value_heads must divide the 8 query heads: 16"),
        text(
            "heads that do not divide the hidden size",
            "{\"model_type\": \"llama\", \"hidden_size\": 65, \"n_layer\": 6, \"n_head\": 8}",
            ": hidden_size must be a multiple of the 8 query heads, or head_dim be given: 65"),
        value(
            "no channels", "\"head_dim\": -1", ": head_dim must be an integer from 0 to 65536: -1"),
        value(
            "2^31 channels",
            "\"head_dim\": 2147483648",
            ": head_dim must be an integer from 0 to 65536: 2147483648"),
        value(
            "fewer kinds of layers than layers",
            "\"layer_types\": [\"full_attention\"]",
            ": layer_types must have 6 values, one a layer, not 1: [\"full_attention\"]"),
        value(
            "layers of an unknown kind",
            "\"layer_types\": [\"a\", \"a\", \"a\", \"a\", \"a\", \"a\"]",
            ": layer_types may have full_attention and sliding_attention in a model of type olmo3, "),
        value(
            "kinds of layers in numbers",
            "\"layer_types\": [1, 2, 3, 4, 5, 6]",
            ": layer_types must be an array of strings: [1,2,3,4,5,6]"),
        text(
            "more shared layers than layers",
            "{" + GOOD.replace("olmo3", "gemma3n_text") + ", \"num_kv_shared_layers\": 6}",
            ": num_kv_shared_layers must be an integer from 0 to 5: 6"),
        text(
            "half a latent",
            "{" + GOOD.replace("olmo3", "deepseek_v3") + ", \"kv_lora_rank\": 64}",
            ": qk_rope_head_dim is missing; an integer from 1 to 65536 is needed"),
        value(
            "a scale of nothing",
            "\"query_pre_attn_scalar\": 0",
            ": query_pre_attn_scalar must be a number above 0: 0"),
        value(
            "an infinite scale",
            "\"query_pre_attn_scalar\": 1e999",
            ": query_pre_attn_scalar must be a number above 0: "),
        value(
            "a scale beyond floats",
            "\"attention_multiplier\": 1e300",
            ": attention_multiplier must give a softmax scale within the range of a float: "),
        value(
            "a window below all", "\"sliding_window\": -2", ": sliding_window must be an integer"),
        text(
            "an encoder of any length",
            "{\"model_type\": \"t5\", \"num_heads\": 8, \"num_layers\": 6}",
            ": max_source_positions is missing; the encoder's length is not limited, "),
        value(
            "a cache that is not known",
            "\"attention_chunk_size\": 8",
            ": attention_chunk_size is not known in a model of type olmo3, and may change what its"
                + " layers keep: 8; --assume-plain computes without it and says so"),
        text(
            "a type that is not known",
            "{" + GOOD.replace("olmo3", "olmo33") + "}",
            ": model_type is not known, so what its layers keep is not either; near it: olmo3, "),
        text("no type", "{\"hidden_size\": 64}", ": model_type is missing; "),
        value(
            "a decoder in a word", "\"text_config\": \"a\"", ": text_config must be an object: "));
  }

  private static MalformedInput text(String what, String json, String message) {
    return model(MODEL_TEXT, what, json, message);
  }

  private static MalformedInput value(String what, String pair, String message) {
    return model(MODEL_VALUE, what, "{" + GOOD + ", " + pair + "}", message);
  }

  private static MalformedInput layers(String what, String value, String shown) {
    return model(
        MODEL_VALUE,
        what,
        "{\"model_type\": \"olmo3\", \"hidden_size\": 64, \"num_attention_heads\": 8,"
            + " \"num_hidden_layers\": "
            + value
            + "}",
        ": num_hidden_layers must be an integer from 1 to 4096: " + shown);
  }
}
