package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.json.JsonDocument;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A Hugging Face {@code config.json}, read against what is known of its {@code model_type}: by the
 * rules of its {@link Families family}, with the {@link ClassDefaults defaults} of its class. A key
 * that speaks of what layers keep, and that no rule has used, is an error.
 *
 * @param name the model's name, from that of the file
 * @param type {@code model_type} of the decoder; empty if absent
 * @param document the decoder's own object, with the defaults of its class
 * @param whole the file
 */
public record HuggingFaceConfig(
    String name, String type, JsonDocument document, JsonDocument whole) {
  public static final int MOST_HEADS = DecoderConfig.MOST_HEADS;
  public static final int MOST_HEAD_DIM = DecoderConfig.MOST_CHANNELS;

  /**
   * @throws UserException if the file is no JSON object
   */
  public static HuggingFaceConfig read(Path file) {
    return of(ModelNames.of(file), ConfigFile.read(file));
  }

  static HuggingFaceConfig of(String name, JsonDocument whole) {
    DecoderObject decoder = DecoderObject.in(whole);
    return new HuggingFaceConfig(name, decoder.type(), decoder.document(), whole);
  }

  /**
   * @throws UserException as {@link ModelFile#read} says
   */
  public ModelSpec model() {
    return model(ReadingOptions.NONE);
  }

  /**
   * @throws UserException as {@link ModelFile#read} says
   */
  public ModelSpec model(ReadingOptions options) {
    DecoderConfig config = new DecoderConfig(type, document, whole, options);
    Optional<Family> known = Families.of(type);
    if (known.isEmpty() && !options.assumePlain()) {
      throw unknownType();
    }
    List<LayerSpec> layers = known.orElse(GroupedDecoders::plain).layers(config);
    List<String> unused = UnusedKeys.of(config);
    if (!unused.isEmpty() && !options.assumePlain()) {
      throw UnusedKeys.refusal(config);
    }
    return new ModelSpec(
        name,
        config.hiddenSize(),
        config.vocabSize(),
        config.maxPositions(),
        layers,
        known.isPresent() ? unused : UnusedKeys.with("model_type", unused));
  }

  private UserException unknownType() {
    if (type.isEmpty()) {
      return document.missing(
          "model_type",
          "without it what the layers keep is not known; --assume-plain computes as for plain"
              + " attention and says so");
    }
    return new UserException(
        ("%s: %smodel_type is not known, so what its layers keep is not either; near it: %s;"
                + " --assume-plain computes as for plain attention and says so: \"%s\"")
            .formatted(
                document.file(),
                document.path(),
                String.join(", ", NearNames.of(type, Families.types())),
                type));
  }
}
