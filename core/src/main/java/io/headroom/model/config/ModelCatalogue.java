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
   * A model by its name in the catalogue, whatever the case, or by the path of a {@code
   * config.json}: what contains a slash or ends in {@code .json} is a path.
   *
   * @throws UserException if there is no such model, or its file is wrong as {@link ModelFile#read}
   *     says
   */
  public ModelSpec find(String nameOrPath) {
    if (nameOrPath.contains("/") || nameOrPath.endsWith(ENDING)) {
      return ModelFile.read(path(nameOrPath));
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
    return ModelFile.read(folder.resolve(name + ENDING));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UserException("no such path: " + e.getMessage(), e);
    }
  }

  private static List<String> near(String wanted, List<String> names) {
    return names.stream()
        .sorted(Comparator.comparingInt(name -> distance(wanted, name)))
        .limit(NEAR_NAMES)
        .toList();
  }

  /** Levenshtein's distance: letters to change, drop or insert. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
