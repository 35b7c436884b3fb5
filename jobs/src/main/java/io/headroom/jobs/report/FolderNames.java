package io.headroom.jobs.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Short names for folders: as much of the end of each path as tells all of them apart. */
final class FolderNames {
  private FolderNames() {}

  /** In the order of the paths; a path that is there twice gets a number. */
  static List<String> of(List<String> paths) {
    int deepest = paths.stream().mapToInt(path -> elements(path).size()).max().orElse(1);
    for (int depth = 1; depth <= deepest; depth++) {
      List<String> names = ends(paths, depth);
      if (new HashSet<>(names).size() == names.size()) {
        return names;
      }
    }
    return numbered(ends(paths, deepest));
  }

  private static List<String> ends(List<String> paths, int depth) {
    return paths.stream()
        .map(FolderNames::elements)
        .map(all -> String.join("/", all.subList(Math.max(0, all.size() - depth), all.size())))
        .toList();
  }

  private static List<String> elements(String path) {
    List<String> elements =
        Arrays.stream(path.split("/"))
            .filter(element -> !element.isEmpty() && !element.equals("."))
            .toList();
    return elements.isEmpty() ? List.of(path) : elements;
  }

  private static List<String> numbered(List<String> names) {
    Map<String, Integer> seen = new HashMap<>();
    List<String> numbered = new ArrayList<>();
    for (String name : names) {
      int number = seen.merge(name, 1, Integer::sum);
      numbered.add(number == 1 ? name : "%s (%d)".formatted(name, number));
    }
    return List.copyOf(numbered);
  }
}
