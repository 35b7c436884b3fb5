package io.headroom.jobs.sweep.settings;

import java.util.Optional;

/**
 * One value of the {@code kv-heads} axis: {@code model} (as the model has them), {@code mha} (one
 * per query head), {@code mqa} (one for all), or a number.
 */
public sealed interface KvHeads {
  String ALLOWED = "model, mha, mqa, or a number that divides the query heads";

  record AsModel() implements KvHeads {}

  record Mha() implements KvHeads {}

  record Mqa() implements KvHeads {}

  /**
   * @param heads at least 1
   */
  record Count(int heads) implements KvHeads {}

  static Optional<KvHeads> named(String text) {
    return switch (text) {
      case "model" -> Optional.of(new AsModel());
      case "mha" -> Optional.of(new Mha());
      case "mqa" -> Optional.of(new Mqa());
      default ->
          text.matches("[1-9][0-9]{0,5}")
              ? Optional.of(new Count(Integer.parseInt(text)))
              : Optional.empty();
    };
  }
}
