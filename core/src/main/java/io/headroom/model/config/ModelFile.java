package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.model.ModelSpec;
import java.nio.file.Path;

/** The model that a file describes. */
public final class ModelFile {
  private ModelFile() {}

  /**
   * Reads a Hugging Face {@code config.json}.
   *
   * @throws UserException if the file is missing, not JSON, or its values are missing, of the wrong
   *     type, out of range, contradictory or of an architecture whose cache is not known
   */
  public static ModelSpec read(Path file) {
    return HuggingFaceConfig.read(file).model();
  }
}
