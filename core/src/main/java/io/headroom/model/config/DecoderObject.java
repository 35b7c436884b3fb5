package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where in a file the decoder is described: the file itself, or an object in it where the model has
 * towers for images or sound.
 *
 * @param type {@code model_type} of the decoder; empty if absent
 * @param document its object, with the defaults of its class
 */
record DecoderObject(String type, JsonDocument document) {
  private static final List<String> NAMES =
      List.of("text_config", "llm_config", "language_config", "thinker_config", "decoder_config");

  /** How Families calls a {@code params.json} of Mistral or Meta, which has no type. */
  static final String PARAMS_TYPE = "params.json";

  private static final List<String> PARAMS = List.of("dim", "n_layers", "n_heads");

  /** Types of decoders that their files leave out, by the type of the whole. */
  private static final Map<String, String> DECODER_OF =
      Map.ofEntries(
          Map.entry("aya_vision", "cohere2"),
          Map.entry("gemma3", "gemma3_text"),
          Map.entry("gemma3n", "gemma3n_text"),
          Map.entry("gemma4", "gemma4_text"),
          Map.entry("llama4", "llama4_text"),
          Map.entry("llava", "llama"),
          Map.entry("llava_next", "llama"),
          Map.entry("llava_next_video", "llama"),
          Map.entry("llava_onevision", "qwen2"),
          Map.entry("minimax_m3_vl", "minimax_m3_vl_text"),
          Map.entry("mistral3", "mistral"),
          Map.entry("mllama", "mllama_text_model"),
          Map.entry("paligemma", "gemma"),
          Map.entry("pixtral", "mistral"),
          Map.entry("qwen2_5_vl", "qwen2_5_vl_text"),
          Map.entry("qwen2_vl", "qwen2_vl_text"),
          Map.entry("qwen3_5", "qwen3_5_text"),
          Map.entry("qwen3_5_moe", "qwen3_5_moe_text"),
          Map.entry("qwen3_vl", "qwen3_vl_text"),
          Map.entry("qwen3_vl_moe", "qwen3_vl_moe_text"),
          Map.entry("video_llava", "llama"),
          Map.entry("vipllava", "llama"),
          Map.entry("voxtral", "llama"));

  /**
   * @throws UserException if more than one object may be the decoder
   */
  static DecoderObject in(JsonDocument whole) {
    Optional<JsonDocument> within = within(whole);
    String wholeType = whole.text("model_type").orElse("");
    if (within.isEmpty() && wholeType.isEmpty() && PARAMS.stream().allMatch(whole::has)) {
      return new DecoderObject(PARAMS_TYPE, whole);
    }
    if (within.isEmpty()) {
      return new DecoderObject(wholeType, ClassDefaults.fill(whole, wholeType, false));
    }
    JsonDocument decoder = within(within.get()).orElse(within.get());
    String type =
        decoder
            .text("model_type")
            .or(() -> Optional.ofNullable(DECODER_OF.get(wholeType)))
            .orElse(wholeType);
    return new DecoderObject(type, ClassDefaults.fill(decoder, type, true));
  }

  private static Optional<JsonDocument> within(JsonDocument document) {
    List<String> present = NAMES.stream().filter(document::has).toList();
    if (present.size() > 1) {
      throw new UserException(
          "%s: only one of %s may describe the decoder"
              .formatted(document.file(), String.join(" and ", present)));
    }
    return present.stream().findFirst().flatMap(document::object);
  }
}
