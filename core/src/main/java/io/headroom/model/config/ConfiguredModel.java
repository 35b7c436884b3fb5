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
   * @throws io.headroom.UserException as {@link ModelFile#read} says
   */
  static ConfiguredModel read(Path path, ReadingOptions options) {
    Path file = ModelFile.locate(path);
    return new ConfiguredModel(file, ModelFile.read(file, options));
  }
}
