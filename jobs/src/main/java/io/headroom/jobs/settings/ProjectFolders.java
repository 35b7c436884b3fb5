package io.headroom.jobs.settings;

import io.headroom.UserException;
import io.headroom.model.config.ModelCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the project's own files lie, whoever started the program and from where. */
public final class ProjectFolders {
  /** Set by the launcher. */
  private static final String HOME_VARIABLE = "HEADROOM_HOME";

  private ProjectFolders() {}

  /**
   * The catalogue of models: {@code conf/models} of the project, or of the working directory.
   *
   * @throws UserException if there is none
   */
  public static ModelCatalogue models() {
    return Stream.of(System.getenv(HOME_VARIABLE), System.getProperty("headroom.home"), "")
        .filter(home -> home != null)
        .map(home -> Path.of(home, "conf", "models"))
        .filter(Files::isDirectory)
        .findFirst()
        .map(ModelCatalogue::new)
        .orElseThrow(
            () ->
                new UserException(
                    "no folder conf/models: set %s to the project's folder, or start from it"
                        .formatted(HOME_VARIABLE)));
  }
}
