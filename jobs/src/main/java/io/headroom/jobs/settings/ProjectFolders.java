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
    return new ModelCatalogue(folder("models"));
  }

  /**
   * The profiles of accelerators: {@code conf/accelerators} of the project, or of the working
   * directory.
   *
   * @throws UserException if there is none
   */
  public static Path accelerators() {
    return folder("accelerators");
  }

  private static Path folder(String name) {
    return Stream.of(System.getenv(HOME_VARIABLE), System.getProperty("headroom.home"), "")
        .filter(home -> home != null)
        .map(home -> Path.of(home, "conf", name))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "no folder conf/%s: set %s to the project's folder, or start from it"
                        .formatted(name, HOME_VARIABLE)));
  }
}
