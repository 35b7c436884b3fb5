package io.headroom.model.config;

import io.headroom.json.JsonDocument;
import io.headroom.layer.RotaryEmbedding;
import java.util.Arrays;
import java.util.Optional;

/** Reads a layer's rotary embedding from a configuration. */
public final class RotaryConfig {
  private static final double DEFAULT_THETA = 10_000;

  private RotaryConfig() {}

  /**
   * Scaling types {@code default}, {@code linear} and {@code llama3}, as modeling_rope_utils.py of
   * github.com/huggingface/transformers defines them.
   */
  public static RotaryEmbedding read(JsonDocument document, int headDim) {
    Optional<JsonDocument> scaling =
        document.object("rope_parameters").or(() -> document.object("rope_scaling"));
    double theta = number("rope_theta", scaling, document).orElse(DEFAULT_THETA);
    double partial = number("partial_rotary_factor", scaling, document).orElse(1.0);
    if (partial > 1) {
      throw document.wrong("partial_rotary_factor", "must be at most 1");
    }
    int channels = (int) (headDim * partial);
    if (channels % 2 != 0) {
      throw document.wrong(
          "head_dim", "must leave an even number of rotary channels, not %d".formatted(channels));
    }
    double[] frequencies = RotaryEmbedding.frequencies(channels, theta);
    scaling.ifPresent(object -> scale(frequencies, object));
    if (!Arrays.stream(frequencies).allMatch(Double::isFinite)) {
      throw document.wrong("rope_theta", "and the scaling must give finite frequencies");
    }
    return new RotaryEmbedding(frequencies);
  }

  private static Optional<Double> number(
      String key, Optional<JsonDocument> scaling, JsonDocument document) {
    return scaling
        .filter(object -> object.has(key))
        .or(() -> Optional.of(document).filter(object -> object.has(key)))
        .map(object -> object.positiveNumber(key).getAsDouble());
  }

  private static void scale(double[] frequencies, JsonDocument scaling) {
    String key = scaling.has("rope_type") ? "rope_type" : "type";
    switch (scaling.text(key).orElse("default")) {
      case "default" -> {}
      case "linear" -> divide(frequencies, required(scaling, "factor"));
      case "llama3" -> scaleLlama3(frequencies, scaling);
      default -> throw scaling.wrong(key, "must be default, linear or llama3");
    }
  }

  private static void divide(double[] frequencies, double factor) {
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] /= factor;
    }
  }

  /** Long waves are stretched by the factor, short ones stay, those between are blended. */
  private static void scaleLlama3(double[] frequencies, JsonDocument scaling) {
    double factor = required(scaling, "factor");
    double low = required(scaling, "low_freq_factor");
    double high = required(scaling, "high_freq_factor");
    double context = required(scaling, "original_max_position_embeddings");
    if (high <= low) {
      throw scaling.wrong("high_freq_factor", "must be above low_freq_factor");
    }
    for (int i = 0; i < frequencies.length; i++) {
      double waves = context * frequencies[i] / (2 * Math.PI);
      double kept = Math.min(1, Math.max(0, (waves - low) / (high - low)));
      frequencies[i] = (1 - kept) * frequencies[i] / factor + kept * frequencies[i];
    }
  }

  private static double required(JsonDocument scaling, String key) {
    return scaling
        .positiveNumber(key)
        .orElseThrow(() -> scaling.missing(key, "a number above 0 is needed"));
  }
}
