package io.headroom.model.weights;

import io.headroom.UserException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Modules that a scheme leaves as they were trained, as checkpoints list them.
 *
 * @param names of modules or of what they are in, such as {@code self_attn} or {@code
 *     model.layers.0.mlp}
 * @param patterns that find names
 */
public record KeptModules(Set<String> names, List<Pattern> patterns) implements Serializable {
  static final KeptModules NONE = new KeptModules(Set.of(), List.of());

  /** How compressed-tensors marks a regular expression, which must match from the beginning. */
  private static final String EXPRESSION = "re:";

  /** Where the decoder is in names of modules. */
  private static final List<String> PLACES =
      List.of("model.", "model.language_model.", "language_model.model.");

  public KeptModules {
    names = Set.copyOf(names);
    patterns = List.copyOf(patterns);
  }

  /**
   * @param key that lists them, for messages
   * @throws UserException if one is an expression that cannot be read
   */
  static KeptModules of(String key, List<String> listed) {
    Set<String> names = new HashSet<>();
    List<Pattern> patterns = new ArrayList<>();
    for (String entry : listed) {
      if (entry.startsWith(EXPRESSION)) {
        patterns.add(pattern(key, "^(?:" + entry.substring(EXPRESSION.length()) + ")"));
      } else if (entry.contains("*")) {
        String parts =
            String.join(
                ".*", List.of(entry.split("\\*", -1)).stream().map(Pattern::quote).toList());
        patterns.add(pattern(key, "^" + parts + "$"));
      } else {
        names.add(entry);
      }
    }
    return new KeptModules(names, patterns);
  }

  private static Pattern pattern(String key, String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new UserException(
          "%s: no regular expression: %s".formatted(key, e.getDescription()), e);
    }
  }

  /**
   * @param module with its layer, such as {@code layers.0.self_attn.q_proj}
   */
  boolean has(String module) {
    if (names.isEmpty() && patterns.isEmpty()) {
      return false;
    }
    return PLACES.stream().map(place -> place + module).anyMatch(this::hasFullName);
  }

  /** A name stands for itself and for all that is in it, wherever it begins. */
  private boolean hasFullName(String name) {
    List<String> parts = List.of(name.split("\\.", -1));
    for (int begin = 0; begin < parts.size(); begin++) {
      for (int end = begin + 1; end <= parts.size(); end++) {
        if (names.contains(String.join(".", parts.subList(begin, end)))) {
          return true;
        }
      }
    }
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).find());
  }
}
