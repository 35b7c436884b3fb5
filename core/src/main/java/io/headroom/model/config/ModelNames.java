package io.headroom.model.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** What people call a model by the place of its file. */
public final class ModelNames {
  private static final String CONFIG = "config.json";

  /** Files that are called alike in every model, which the folder tells apart. */
  private static final Set<String> CALLED_ALIKE = Set.of(CONFIG, "params.json");

  /** A repository in a Hugging Face cache. */
  private static final String REPOSITORY = "models--";

  private static final String SNAPSHOTS = "snapshots";
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /** So many digits tell a commit from others, as git shows it. */
  private static final int COMMIT_DIGITS = 7;

  private ModelNames() {}

  /**
   * {@code ORG/NAME} of {@code models--ORG--NAME/snapshots/COMMIT/config.json}, otherwise as {@link
   * #ofFileOrFolder}.
   */
  public static String of(Path file) {
    List<String> path = elements(file);
    return isSnapshot(path)
        ? path.get(path.size() - 4).substring(REPOSITORY.length()).replaceFirst("--", "/")
        : ofFileOrFolder(file);
  }

  /**
   * The file's name without its ending, or the folder's where all models' files are called so. Ids
   * of cells in results of the first version hold it.
   */
  public static String ofFileOrFolder(Path file) {
    List<String> path = elements(file);
    String name = path.get(path.size() - 1);
    return CALLED_ALIKE.contains(name) && path.size() > 1
        ? path.get(path.size() - 2)
        : name.replaceFirst("(\\.config)?\\.json$|(-\\d{5}-of-\\d{5})?\\.gguf$", "");
  }

  /** The folders above what a file is named by, nearest first; a commit by its first digits. */
  static List<String> foldersAbove(Path file) {
    List<String> path = elements(file);
    boolean byFolder = CALLED_ALIKE.contains(path.get(path.size() - 1)) && !isSnapshot(path);
    List<String> above = path.subList(0, Math.max(0, path.size() - (byFolder ? 2 : 1)));
    return IntStream.range(0, above.size())
        .mapToObj(i -> above.get(above.size() - 1 - i))
        .map(
            folder ->
                COMMIT.matcher(folder).matches() ? folder.substring(0, COMMIT_DIGITS) : folder)
        .toList();
  }

  private static boolean isSnapshot(List<String> path) {
    int last = path.size() - 1;
    return last >= 3
        && path.get(last).equals(CONFIG)
        && path.get(last - 2).equals(SNAPSHOTS)
        && path.get(last - 3).startsWith(REPOSITORY)
        && path.get(last - 3).length() > REPOSITORY.length();
  }

  private static List<String> elements(Path file) {
    return StreamSupport.stream(file.toAbsolutePath().normalize().spliterator(), false)
        .map(Path::toString)
        .toList();
  }
}
