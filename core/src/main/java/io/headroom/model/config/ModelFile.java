package io.headroom.model.config;

import io.headroom.UserException;
import io.headroom.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The model that a file or folder describes: a Hugging Face {@code config.json}, a {@code
 * params.json} of Mistral or Meta, the metadata of a GGUF file, or a folder with one of them, such
 * as a snapshot or a whole repository of a Hugging Face cache.
 */
public final class ModelFile {
  static final String CONFIG = "config.json";

  private static final List<String> CONFIGS = List.of(CONFIG, "params.json");
  private static final String SNAPSHOTS = "snapshots";
  private static final String MAIN = "refs/main";

  private ModelFile() {}

  /**
   * As {@link #read(Path, ReadingOptions)}, of what a configuration says by itself.
   *
   * @throws UserException as there
   */
  public static ModelSpec read(Path path) {
    return read(path, ReadingOptions.NONE);
  }

  /**
   * @throws UserException if the file is missing, of another kind, or its values are missing, of
   *     the wrong type, out of range, contradictory or not known
   */
  public static ModelSpec read(Path path, ReadingOptions options) {
    return configured(locate(path), options).model();
  }

  /**
   * @param file that describes the model, see {@link #locate}
   * @throws UserException as above
   */
  static ConfiguredModel configured(Path file, ReadingOptions options) {
    FileStart start = FileStart.of(file);
    boolean named = CONFIGS.contains(file.getFileName().toString());
    if (start.beginsWith('G', 'G', 'U', 'F') && !named) {
      return new ConfiguredModel(file, GgufModel.read(file).model(options), Optional.empty());
    }
    HuggingFaceConfig config =
        HuggingFaceConfig.of(ModelNames.of(file), ConfigFile.read(file, start));
    return new ConfiguredModel(file, config.model(options), Optional.of(config));
  }

  /** The file that describes the model: the path itself, or what lies in that folder. */
  static Path locate(Path path) {
    if (!Files.isDirectory(path)) {
      return path;
    }
    for (String name : CONFIGS) {
      if (Files.exists(path.resolve(name))) {
        return path.resolve(name);
      }
    }
    if (Files.isDirectory(path.resolve(SNAPSHOTS))) {
      return locate(snapshot(path));
    }
    List<Path> ggufFiles = list(path, ".gguf");
    if (!ggufFiles.isEmpty()) {
      // A model in several files has its metadata in the first.
      return ggufFiles.get(0);
    }
    throw new UserException(
        path + " is a folder; a config.json file, a params.json or a GGUF file in it is needed");
  }

  /** The snapshot of a cached repository that its main branch names, or the only one. */
  private static Path snapshot(Path repository) {
    Path snapshots = repository.resolve(SNAPSHOTS);
    Path main = repository.resolve(MAIN);
    try {
      if (Files.isRegularFile(main)) {
        Path named = snapshots.resolve(Files.readString(main).strip());
        if (Files.isDirectory(named)) {
          return named;
        }
      }
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new UserException(main + " cannot be read: " + e, e);
    }
    List<Path> all = list(snapshots, "");
    if (all.size() != 1) {
      throw new UserException(
          "%s has %d snapshots and no refs/main that names one; say which"
              .formatted(snapshots, all.size()));
    }
    return all.get(0);
  }

  private static List<Path> list(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UserException(folder + " cannot be read: " + e, e);
    }
  }
}
