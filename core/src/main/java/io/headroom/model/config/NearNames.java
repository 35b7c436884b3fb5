package io.headroom.model.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names to offer to who has mistyped one. */
final class NearNames {
  private static final int OFFERED = 5;

  private NearNames() {}

  /** The nearest, by the number of letters to change. */
  static List<String> of(String wanted, Collection<String> names) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return names.stream()
        .sorted(Comparator.comparingInt(name -> distance.apply(wanted, name)))
        .limit(OFFERED)
        .toList();
  }
}
