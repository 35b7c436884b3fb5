package io.headroom.model.weights;

import io.headroom.json.JsonDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which one part each layer of Nemotron-H is (NemotronHBlock): a pattern of letters, or the list of
 * names that later configurations have in its place.
 */
record LayerParts(List<Part> parts) {
  private static final String PATTERN = "hybrid_override_pattern";
  private static final String NAMES = "layers_block_type";
  private static final String TYPE = "nemotron_h";

  /** What a layer may be. */
  enum Part {
    MAMBA('M', "mamba"),
    ATTENTION('*', "attention"),
    MLP('-', "mlp"),
    EXPERTS('E', "moe");

    private final char letter;
    private final String name;

    Part(char letter, String name) {
      this.letter = letter;
      this.name = name;
    }
  }

  LayerParts {
    parts = List.copyOf(parts);
  }

  /**
   * Empty where layers have several parts.
   *
   * @throws io.headroom.UserException if a part is not known
   */
  static Optional<LayerParts> of(JsonDocument config) {
    if (!config.text("model_type").orElse("").equals(TYPE)) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>();
    Optional<String> pattern = config.text(PATTERN);
    if (pattern.isPresent()) {
      pattern.get().chars().forEach(letter -> parts.add(lettered(config, (char) letter)));
      return Optional.of(new LayerParts(parts));
    }
    return config
        .texts(NAMES)
        .map(names -> new LayerParts(names.stream().map(name -> named(config, name)).toList()));
  }

  boolean haveExperts() {
    return parts.contains(Part.EXPERTS);
  }

  private static Part lettered(JsonDocument config, char letter) {
    for (Part part : Part.values()) {
      if (part.letter == letter) {
        return part;
      }
    }
    throw config.wrong(PATTERN, "may have M, *, - and E alone");
  }

  private static Part named(JsonDocument config, String name) {
    for (Part part : Part.values()) {
      if (part.name.equals(name)) {
        return part;
      }
    }
    throw config.wrong(NAMES, "may have mamba, attention, mlp and moe alone");
  }
}
