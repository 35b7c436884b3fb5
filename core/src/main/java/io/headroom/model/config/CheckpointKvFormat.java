package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.model.KvFormatChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a checkpoint says of the cache: the format in which serving engines keep it where nobody
 * asks for another.
 */
public final class CheckpointKvFormat {
  private static final String QUANTISATION = "quantization_config";

  /** The file of ModelOpt, with what its writer also puts into newer configurations. */
  private static final String MODEL_OPT_FILE = "hf_quant_config.json";

  private static final String MODEL_OPT_QUANTISATION = "quantization";
  private static final String SCHEME = "kv_cache_scheme";
  private static final String ALGORITHM = "kv_cache_quant_algo";
  private static final String INSTEAD = "; --precision says another";

  /** Scales of a tensor or of a head, which are not counted. */
  private static final List<String> STATIC_STRATEGIES = List.of("tensor", "attn_head");

  private CheckpointKvFormat() {}

  /**
   * Of its configuration, or of the file beside that; a GGUF file says nothing of it.
   *
   * @throws UserException if it says something that is not known, or two things
   */
  public static KvFormatChoice of(ConfiguredModel configured) {
    return configured
        .config()
        .map(config -> of(config, configured.file()))
        .orElse(KvFormatChoice.UNSAID);
  }

  static KvFormatChoice of(HuggingFaceConfig config, Path file) {
    return inIt(config).or(() -> besideIt(file)).orElse(KvFormatChoice.UNSAID);
  }

  private static Optional<KvFormatChoice> besideIt(Path config) {
    return quantisationBeside(config).flatMap(CheckpointKvFormat::said);
  }

  /**
   * What ModelOpt wrote into a file of its own beside a configuration; empty if there is none.
   *
   * @throws UserException if that file is no JSON object
   */
  public static Optional<JsonDocument> quantisationBeside(Path config) {
    Path file = config.resolveSibling(MODEL_OPT_FILE);
    return Files.exists(file)
        ? ConfigFile.read(file).object(MODEL_OPT_QUANTISATION)
        : Optional.empty();
  }

  private static Optional<KvFormatChoice> inIt(HuggingFaceConfig config) {
    return Stream.of(config.whole(), config.document())
        .flatMap(document -> document.object(QUANTISATION).stream())
        .flatMap(quantisation -> said(quantisation).stream())
        .findFirst();
  }

  private static Optional<KvFormatChoice> said(JsonDocument quantisation) {
    Optional<KvFormatChoice> scheme =
        quantisation.object(SCHEME).map(object -> ofScheme(object, quantisation.path() + SCHEME));
    Optional<KvFormatChoice> algorithm =
        quantisation.text(ALGORITHM).map(name -> ofAlgorithm(quantisation, name));
    if (scheme.isPresent()
        && algorithm.isPresent()
        && !scheme.get().label().equals(algorithm.get().label())) {
      throw quantisation.wrong(
          ALGORITHM, "must be what %s says (%s)".formatted(SCHEME, scheme.get().label()) + INSTEAD);
    }
    return scheme.or(() -> algorithm);
  }

  /** As compressed-tensors and ModelOpt write it. */
  private static KvFormatChoice ofScheme(JsonDocument scheme, String key) {
    String type =
        scheme
            .text("type")
            .orElseThrow(() -> scheme.missing("type", "\"float\" is known" + INSTEAD));
    if (!type.equals("float")) {
      throw scheme.wrong("type", "must be \"float\"" + INSTEAD);
    }
    int bits =
        scheme
            .integer("num_bits", 1, Long.SIZE)
            .orElseThrow(() -> scheme.missing("num_bits", "8 or 4 is known" + INSTEAD));
    return switch (bits) {
      case 8 -> ofEightBits(scheme, key);
      case 4 -> ofFourBits(scheme, key);
      default -> throw scheme.wrong("num_bits", "must be 8 or 4" + INSTEAD);
    };
  }

  private static KvFormatChoice ofEightBits(JsonDocument scheme, String key) {
    if (!scheme.text("strategy").map(STATIC_STRATEGIES::contains).orElse(true)) {
      throw scheme.wrong(
          "strategy",
          "must be one of %s".formatted(String.join(", ", STATIC_STRATEGIES)) + INSTEAD);
    }
    return KvFormatChoice.fp8(key);
  }

  private static KvFormatChoice ofFourBits(JsonDocument scheme, String key) {
    int group =
        scheme
            .integer("group_size", 1, Integer.MAX_VALUE)
            .orElseThrow(() -> scheme.missing("group_size", "16 is known" + INSTEAD));
    if (group != 16) {
      throw scheme.wrong("group_size", "must be 16" + INSTEAD);
    }
    return KvFormatChoice.nvfp4(key);
  }

  private static KvFormatChoice ofAlgorithm(JsonDocument quantisation, String name) {
    String key = quantisation.path() + ALGORITHM;
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "FP8" -> KvFormatChoice.fp8(key);
      case "NVFP4" -> KvFormatChoice.nvfp4(key);
      default -> throw quantisation.wrong(ALGORITHM, "must be FP8 or NVFP4" + INSTEAD);
    };
  }
}
