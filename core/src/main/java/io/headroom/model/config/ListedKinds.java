package io.headroom.model.config;

import java.util.List;
import java.util.Optional;

/**
 * What kind each layer is, as a configuration lists it.
 *
 * @param key under which the list stands
 * @param kinds at least one for every layer
 */
record ListedKinds(DecoderConfig config, String key, List<String> kinds) {
  private static final List<String> ATTENDING = List.of("attention", "full_attention");

  /** The list of the first of these keys that is given. */
  static Optional<ListedKinds> first(DecoderConfig config, String... keys) {
    Optional<ListedKinds> first = Optional.empty();
    for (String key : keys) {
      Optional<List<String>> kinds = config.texts(key);
      if (first.isEmpty()) {
        first = kinds.map(list -> of(config, key, list));
      }
    }
    return first;
  }

  private static ListedKinds of(DecoderConfig config, String key, List<String> kinds) {
    return new ListedKinds(config, key, config.oneALayer(key, kinds, config.layerCount()));
  }

  boolean is(int layer, String kind) {
    return kinds.get(layer).equals(kind);
  }

  /** Whether all layers attend. */
  boolean attendAll() {
    return ATTENDING.containsAll(kinds);
  }

  /**
   * Whether a layer attends and is not one of the others.
   *
   * @param attending what messages call those that attend
   * @param others what else may be listed, the name for messages first
   * @throws io.headroom.UserException if it is neither
   */
  boolean attends(int layer, String attending, List<String> others) {
    String kind = kinds.get(layer);
    if (!ATTENDING.contains(kind) && !others.contains(kind)) {
      throw config.wrong(
          key, "may have %s and %s, not %s".formatted(attending, others.get(0), kind));
    }
    return ATTENDING.contains(kind);
  }
}
