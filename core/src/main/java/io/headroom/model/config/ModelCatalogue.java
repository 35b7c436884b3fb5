package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The models that can be had by name: the {@code NAME.json} files of a folder. */
public final class ModelCatalogue {
  private static final String ENDING = ".json";

  /** Names that no model of the catalogue has. */
  private static final Pattern FILES = Pattern.compile("\\.(json|gguf)$");

  /** {@code ORG/NAME} of the hub, which is not read from here. */
  private static final Pattern REPOSITORY = Pattern.compile("[\\w.-]+/[\\w.-]+");

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

  /** Where the file of one of them lies. */
  Path file(String name) {
    return folder.resolve(name + ENDING);
  }

  /**
   * As {@link #locate(String)}, where the file does not matter.
   *
   * @throws UserException as there
   */
  public ModelSpec find(String nameOrPath) {
    return locate(nameOrPath).model();
  }

  /**
   * As {@link #locate(String, ReadingOptions)}, of what a configuration says by itself.
   *
   * @throws UserException as there
   */
  public ConfiguredModel locate(String nameOrPath) {
    return locate(nameOrPath, ReadingOptions.NONE);
  }

  /**
   * A model by its name in the catalogue, whatever the case, or by the path of a file or folder
   * that {@link ModelFile} reads: what exists, contains a slash or ends as such files do is a path.
   *
   * @throws UserException if there is no such model, or its file is wrong as {@link ModelFile#read}
   *     says
   */
  public ConfiguredModel locate(String nameOrPath, ReadingOptions options) {
    String name = nameOrPath.toLowerCase(Locale.ROOT);
    Path named = folder.resolve(plain(name) + ENDING);
    if (plain(name).equals(name) && Files.exists(named)) {
      return ConfiguredModel.read(named, options);
    }
    Path path = path(nameOrPath);
    boolean isPath = nameOrPath.contains("/") || isFile(nameOrPath);
    if (Files.exists(path) || (isPath && !REPOSITORY.matcher(nameOrPath).matches())) {
      return ConfiguredModel.read(path, options);
    }
    throw new UserException(
        "no model '%s' in %s; near it: %s; or the path of a config.json, of a folder with one or of a GGUF file"
            .formatted(
                nameOrPath,
                folder,
                String.join(
                    ", ", NearNames.of(name.substring(name.lastIndexOf('/') + 1), names()))));
  }

  /** Whether it ends as files that describe models do, and no name does. */
  public static boolean isFile(String nameOrPath) {
    return FILES.matcher(nameOrPath).find();
  }

  /** Without what would lead out of the folder. */
  private static String plain(String name) {
    return name.replaceAll("[/\\\\\\x00]", "");
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UserException("no such path: " + e.getMessage(), e);
    }
  }
}
