package io.headroom.model.weights;

import io.headroom.json.JsonDocument;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What configurations of a {@code model_type} leave to its modelling code: {@code
 * weight-families.json}, after the classes in github.com/huggingface/transformers, or the code
 * beside the checkpoint.
 *
 * @param rules the entry; a bias is {@code yes}, {@code no}, or the key that says so, with {@code
 *     =true} where its absence means that there is one
 */
record WeightFamily(JsonDocument rules) {
  private static final List<WeightFamily> ALL =
      JsonDocument.resources(WeightFamily.class, "weight-families.json").stream()
          .map(WeightFamily::new)
          .toList();

  static Optional<WeightFamily> of(String type) {
    return ALL.stream()
        .filter(family -> family.rules.texts("types").orElseThrow().contains(type))
        .findFirst();
  }

  /** Whether something is there, as the rule of this name says. */
  boolean has(String name, JsonDocument config) {
    String rule = rules.text(name).orElse("no");
    if (rule.equals("yes") || rule.equals("no")) {
      return rule.equals("yes");
    }
    boolean otherwise = rule.endsWith("=true");
    return config.flag(otherwise ? rule.replace("=true", "") : rule).orElse(otherwise);
  }

  boolean flag(String name, boolean otherwise) {
    return rules.flag(name).orElse(otherwise);
  }

  int norms() {
    return rules.integer("norms", 0, 8).orElse(2);
  }

  /** Whether the first product of its MLP is gated by a second. */
  boolean isGated() {
    return !rules.text("mlp").orElse("gated").equals("plain");
  }

  /** How many times the hidden size its MLP is wide where nothing is stated. */
  OptionalInt widthOfHidden() {
    return rules.integer("width_of_hidden", 1, 64);
  }

  QueryNorm queryNorm(JsonDocument config) {
    String norm = rules.text("query_norm").orElse("none");
    if (norm.equals("none") || (rules.has("query_norm_key") && !has("query_norm_key", config))) {
      return QueryNorm.NONE;
    }
    return norm.equals("head") ? QueryNorm.OF_A_HEAD : QueryNorm.OF_ALL_HEADS;
  }

  /** Over which channels queries and keys are normed. */
  enum QueryNorm {
    NONE,
    OF_A_HEAD,
    OF_ALL_HEADS
  }
}
