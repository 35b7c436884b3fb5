package io.headroom.model.config;

import io.headroom.MessageLine;
import io.headroom.UserException;
import java.util.ArrayList;
import java.util.List;

/** Keys that speak of what layers keep and that no rule has used. */
final class UnusedKeys {
  private static final int LONGEST_SHOWN_VALUE = 60;

  private UnusedKeys() {}

  /** With the objects that they are in, in the order of the file. */
  static List<String> of(DecoderConfig config) {
    return found(config).stream().map(key -> key.path() + key.key()).toList();
  }

  static List<String> with(String first, List<String> others) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(others);
    return List.copyOf(all);
  }

  /** What to throw where there are some: the first is named with its value. */
  static UserException refusal(DecoderConfig config) {
    List<UnusedKey> keys = found(config);
    UnusedKey first = keys.get(0);
    String others =
        keys.size() == 1
            ? ""
            : "; so are "
                + String.join(
                    ", ", keys.stream().skip(1).map(key -> key.path() + key.key()).toList());
    return new UserException(
        ("%s: %s%s is not known in a model of type %s, and may change what its layers keep: %s%s;"
                + " --assume-plain computes without it and says so")
            .formatted(
                config.document().file(),
                first.path(),
                first.key(),
                config.type(),
                MessageLine.shortened(first.value().toString(), LONGEST_SHOWN_VALUE),
                others));
  }

  private static List<UnusedKey> found(DecoderConfig config) {
    return config.unused().stream()
        .filter(key -> !key.isSwitchedOff())
        .filter(key -> KeysWithoutEffect.matters(config.type(), key.key()))
        .toList();
  }
}
