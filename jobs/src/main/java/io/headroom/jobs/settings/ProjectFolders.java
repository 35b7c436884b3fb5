package io.headroom.jobs.settings;

import io.headroom.UserException;
import io.headroom.model.config.ModelCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where the project's own files lie, whoever started the program and from where: in its folder, or
 * in the job's jar, which has a copy of them for drivers on other machines.
 */
public final class ProjectFolders {
  /** Set by the launcher. */
  private static final String HOME_VARIABLE = "HEADROOM_HOME";

  private ProjectFolders() {}

  /**
   * The catalogue of models: {@code conf/models} of the project, of the working directory, or of
   * the job's jar.
   */
  public static ModelCatalogue models() {
    return new ModelCatalogue(folder("models"));
  }

  /**
   * The profiles of accelerators: {@code conf/accelerators} of the project, of the working
   * directory, or of the job's jar.
   */
  public static Path accelerators() {
    return folder("accelerators");
  }

  /**
   * What accelerators cost: {@code conf/prices.conf} of the project, of the working directory, or
   * of the job's jar.
   */
  public static Path prices() {
    return inConf("prices.conf", Files::isRegularFile);
  }

  /**
   * A configuration by its path; where there is no such file, the one of that path among those of
   * the project, such as {@code conf/sweeps/quickstart.conf}, in the job's jar.
   *
   * @throws UserException if the driver runs in a cluster and there is no such file
   */
  public static Path configuration(Path path) {
    if (Files.exists(path)) {
      return path;
    }
    if (!path.isAbsolute()) {
      Path inJar = JobJar.root().resolve(path.normalize().toString());
      if (Files.isRegularFile(inJar)) {
        return inJar;
      }
    }
    if ("cluster".equals(System.getProperty("spark.submit.deployMode"))) {
      throw new UserException(
          "%s: no such file where the driver runs; send it there: %s ... -- --files %s"
              .formatted(path, path.getFileName(), path));
    }
    return path;
  }

  private static Path folder(String name) {
    return inConf(name, Files::isDirectory);
  }

  private static Path inConf(String name, Predicate<Path> isThere) {
    return Stream.of(System.getenv(HOME_VARIABLE), System.getProperty("headroom.home"), "")
        .filter(home -> home != null)
        .map(home -> Path.of(home, "conf", name))
        .filter(isThere)
        .findFirst()
        .orElseGet(() -> JobJar.root().resolve("conf").resolve(name));
  }
}
