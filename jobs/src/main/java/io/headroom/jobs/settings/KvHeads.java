package io.headroom.jobs.settings;

import io.headroom.model.ModelSpec;
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

  /** Whether every layer of a model can have them. */
  default boolean divide(ModelSpec model) {
    return !(this instanceof Count count)
        || model.layers().stream()
            .allMatch(layer -> layer.heads().queryHeads() % count.heads() == 0);
  }

  /**
   * The model with such heads.
   *
   * @throws io.headroom.UserException if they do not {@link #divide} it
   */
  default ModelSpec of(ModelSpec model) {
    if (this instanceof Mha) {
      return model.asMha();
    }
    if (this instanceof Mqa) {
      return model.asMqa();
    }
    return this instanceof Count count ? model.withKvHeads(count.heads()) : model;
  }

  /** As it is asked for. */
  default String label() {
    if (this instanceof Count count) {
      return String.valueOf(count.heads());
    }
    return this instanceof Mha ? "mha" : this instanceof Mqa ? "mqa" : "model";
  }
}
