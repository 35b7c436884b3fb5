package io.headroom.model.config;

import io.headroom.model.ModelSpec;
import java.nio.file.Path;

/**
 * A model and the file that describes it.
 *
 * @param model named by the file alone, see {@link ModelNames#of}
 */
public record ConfiguredModel(Path file, ModelSpec model) {

  /**
   * @throws io.headroom.UserException as {@link ModelFile#read} says, or if tensors beside the file
   *     have other shapes, see {@link CheckpointShapes}
   */
  static ConfiguredModel read(Path path, ReadingOptions options) {
    Path file = ModelFile.locate(path);
    ModelSpec model = ModelFile.read(file, options);
    if (file.getFileName().toString().equals(ModelFile.CONFIG)) {
      CheckpointShapes.require(model, file);
    }
    return new ConfiguredModel(file, model);
  }
}
