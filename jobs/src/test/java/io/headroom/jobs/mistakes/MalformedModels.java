package io.headroom.jobs.mistakes;

import static io.headroom.jobs.mistakes.MalformedInput.model;
import static io.headroom.jobs.mistakes.MalformedKind.MODEL_TEXT;
import static io.headroom.jobs.mistakes.MalformedKind.MODEL_VALUE;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Configurations of models that are no JSON, or whose values cannot be. */
final class MalformedModels {
  private static final String GOOD =
      "\"hidden_size\": 64, \"num_hidden_layers\": 6, \"num_attention_heads\": 8";

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
        text("a key twice", "{" + GOOD + ", \"hidden_size\": 64}", " is not valid JSON at line 1"),
        text("single quotes", "{'hidden_size': 64}", " is not valid JSON at line 1, column "),
        text("a comment", "{/* */}", " is not valid JSON at line 1, column "),
        text("NaN", "{\"hidden_size\": NaN}", " is not valid JSON at line 1, column "),
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
            "{\"hidden_size\": 64, \"n_layer\": 6}",
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
            "{\"hidden_size\": 65, \"n_layer\": 6, \"n_head\": 8}",
            ": hidden_size must be a multiple of the 8 query heads, or head_dim be given: 65"),
        value("no channels", "\"head_dim\": 0", ": head_dim must be an integer from 1 to 65536: 0"),
        value(
            "2^31 channels",
            "\"head_dim\": 2147483648",
            ": head_dim must be an integer from 1 to 65536: 2147483648"),
        value(
            "fewer kinds of layers than layers",
            "\"layer_types\": [\"full_attention\"]",
            ": layer_types must have 6 values, one a layer, not 1: [\"full_attention\"]"),
        value(
            "layers of an unknown kind",
            "\"layer_types\": [\"a\", \"a\", \"a\", \"a\", \"a\", \"a\"]",
            ": layer_types may have full_attention, sliding_attention, "),
        value(
            "kinds of layers in numbers",
            "\"layer_types\": [1, 2, 3, 4, 5, 6]",
            ": layer_types must be an array of strings: [1,2,3,4,5,6]"),
        value(
            "no layer that keeps anything",
            "\"layer_types\": [\"conv\", \"conv\", \"conv\", \"conv\", \"conv\", \"conv\"]",
            ": layer_types must leave a layer that keeps keys and values: "),
        value(
            "more shared layers than layers",
            "\"num_kv_shared_layers\": 6",
            ": num_kv_shared_layers must be an integer from 0 to 5: 6"),
        value(
            "half a latent",
            "\"kv_lora_rank\": 64",
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
            "a window below zero", "\"sliding_window\": -1", ": sliding_window must be an integer"),
        value("an encoder", "\"is_encoder_decoder\": true", ": is_encoder_decoder must be false, "),
        value(
            "a cache that is not known",
            "\"attention_chunk_size\": 8",
            ": attention_chunk_size is not supported (chunked attention); leave it out or null: 8"),
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
        "{\"hidden_size\": 64, \"num_attention_heads\": 8, \"num_hidden_layers\": " + value + "}",
        ": num_hidden_layers must be an integer from 1 to 4096: " + shown);
  }
}
