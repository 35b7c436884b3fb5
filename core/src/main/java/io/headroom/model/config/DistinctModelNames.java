package io.headroom.model.config;

import io.headroom.model.ModelIdentity;
import io.headroom.model.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Names for models of one list by which those that differ are told apart. The first of a name keeps
 * it; another that its configuration tells from it has behind it what differs in the path: {@code
 * snap} and {@code snap (b)} for {@code a/snap/config.json} and {@code b/snap/config.json}. Names
 * stay as they are where more models follow. Files that say the same and have one name keep it.
 */
public final class DistinctModelNames {
  private final Set<String> taken = new HashSet<>();
  private final Map<String, List<Path>> filesByPlainName = new HashMap<>();
  private final Map<List<String>, String> namesByPlainNameAndIdentity = new HashMap<>();

  private DistinctModelNames() {}

  /** The models in their order, named so. */
  public static List<ModelSpec> of(List<ConfiguredModel> models) {
    DistinctModelNames names = new DistinctModelNames();
    List<ModelSpec> named = new ArrayList<>();
    for (ConfiguredModel configured : models) {
      named.add(configured.model().withName(names.next(configured)));
    }
    return List.copyOf(named);
  }

  private String next(ConfiguredModel configured) {
    String plain = configured.model().name();
    List<Path> filesBefore = filesByPlainName.computeIfAbsent(plain, any -> new ArrayList<>());
    String name =
        namesByPlainNameAndIdentity.computeIfAbsent(
            List.of(plain, ModelIdentity.of(configured.model())),
            any -> free(plain, configured.file(), filesBefore));
    filesBefore.add(configured.file());
    return name;
  }

  private String free(String plain, Path file, List<Path> filesBefore) {
    Stream<String> toldApart =
        Stream.concat(
                differences(file, filesBefore),
                IntStream.iterate(2, number -> number + 1).mapToObj(Integer::toString))
            .map(difference -> "%s (%s)".formatted(plain, difference));
    return Stream.concat(Stream.of(plain), toldApart).filter(taken::add).findFirst().orElseThrow();
  }

  /**
   * What tells a file from all others, the shortest first: a folder, the nearest first, the file's
   * own name, several folders, the whole path.
   */
  private static Stream<String> differences(Path file, List<Path> others) {
    List<String> folders = ModelNames.foldersAbove(file);
    List<List<String>> foldersOfOthers = others.stream().map(ModelNames::foldersAbove).toList();
    Stream<String> oneFolder =
        IntStream.range(0, folders.size())
            .filter(
                i ->
                    foldersOfOthers.stream()
                        .noneMatch(
                            other -> i < other.size() && other.get(i).equals(folders.get(i))))
            .mapToObj(folders::get);
    Stream<String> fileName =
        Stream.of(file.getFileName().toString())
            .filter(
                name ->
                    others.stream()
                        .noneMatch(other -> other.getFileName().toString().equals(name)));
    Stream<String> severalFolders =
        IntStream.rangeClosed(2, folders.size())
            .filter(
                count ->
                    foldersOfOthers.stream()
                        .noneMatch(
                            other ->
                                count <= other.size()
                                    && other.subList(0, count).equals(folders.subList(0, count))))
            .mapToObj(count -> joined(folders.subList(0, count)));
    return Stream.of(
            oneFolder,
            fileName,
            severalFolders,
            Stream.of(file.toAbsolutePath().normalize().toString()))
        .flatMap(differences -> differences);
  }

  /** As in a path: the farthest first. */
  private static String joined(List<String> nearestFirst) {
    return nearestFirst.stream().reduce((below, above) -> above + "/" + below).orElseThrow();
  }
}
