package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The models that can be had by name: the {@code NAME.json} files of a folder. */
public final class ModelCatalogue {
  private static final String ENDING = ".json";
  private static final int NEAR_NAMES = 5;

  private final Path folder;

  /**
   * @param folder such as {@code conf/models}; read anew at every look-up
   */
  public ModelCatalogue(Path folder) {
    this.folder = Objects.requireNonNull(folder, "folder");
  }

  /**
   * The names, sorted.
   *
   * @throws UserException if the folder cannot be read
   */
  public List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UserException(folder + ": the folder of models cannot be read", e);
    }
  }

  /**
   * As {@link #locate}, where the file does not matter.
   *
   * @throws UserException as there
   */
  public ModelSpec find(String nameOrPath) {
    return locate(nameOrPath).model();
  }

  /**
   * A model by its name in the catalogue, whatever the case, or by the path of a {@code
   * config.json}: what contains a slash or ends in {@code .json} is a path.
   *
   * @throws UserException if there is no such model, or its file is wrong as {@link ModelFile#read}
   *     says
   */
  public ConfiguredModel locate(String nameOrPath) {
    if (nameOrPath.contains("/") || nameOrPath.endsWith(ENDING)) {
      return ConfiguredModel.read(path(nameOrPath));
    }
    String name = nameOrPath.toLowerCase(Locale.ROOT);
    List<String> names = names();
    if (!names.contains(name)) {
      throw new UserException(
          "no model '%s' in %s; near it: %s; all: %s; or the path of a config.json"
              .formatted(
                  nameOrPath,
                  folder,
                  String.join(", ", near(name, names)),
                  String.join(", ", names)));
    }
    return ConfiguredModel.read(folder.resolve(name + ENDING));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UserException("no such path: " + e.getMessage(), e);
    }
  }

  private static List<String> near(String wanted, List<String> names) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return names.stream()
        .sorted(Comparator.comparingInt(name -> distance.apply(wanted, name)))
        .limit(NEAR_NAMES)
        .toList();
  }
}
