package io.headroom.model.config;

import io.headroom.model.ModelSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model and the file that describes it.
 *
 * @param model named by the file alone, see {@link ModelNames#of}
 * @param config what the file says; empty where it is no configuration of Hugging Face's kind
 */
public record ConfiguredModel(Path file, ModelSpec model, Optional<HuggingFaceConfig> config) {

  /**
   * @throws io.headroom.UserException as {@link ModelFile#read} says, or if tensors beside the file
   *     have other shapes, see {@link CheckpointShapes}
   */
  static ConfiguredModel read(Path path, ReadingOptions options) {
    ConfiguredModel configured = ModelFile.configured(ModelFile.locate(path), options);
    if (configured.file().getFileName().toString().equals(ModelFile.CONFIG)) {
      CheckpointShapes.require(configured.model(), configured.file());
    }
    return configured;
  }
}
