package io.headroom.jobs.settings;

import io.headroom.UserException;
import io.headroom.model.config.ModelCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
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

  /**
   * What accelerators cost: {@code conf/prices.conf} of the project, or of the working directory.
   *
   * @throws UserException if there is none
   */
  public static Path prices() {
    return inConf("prices.conf", Files::isRegularFile)
        .orElseThrow(() -> missing("file", "prices.conf"));
  }

  private static Path folder(String name) {
    return inConf(name, Files::isDirectory).orElseThrow(() -> missing("folder", name));
  }

  private static Optional<Path> inConf(String name, Predicate<Path> isThere) {
    return Stream.of(System.getenv(HOME_VARIABLE), System.getProperty("headroom.home"), "")
        .filter(home -> home != null)
        .map(home -> Path.of(home, "conf", name))
        .filter(isThere)
        .findFirst();
  }

  private static UserException missing(String kind, String name) {
    return new UserException(
        "no %s conf/%s: set %s to the project's folder, or start from it"
            .formatted(kind, name, HOME_VARIABLE));
  }
}
