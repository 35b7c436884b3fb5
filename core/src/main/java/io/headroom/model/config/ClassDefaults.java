package io.headroom.model.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.json.JsonDocument;

/**
 * What the absence of a key stands for, by {@code model_type}: the values of the configuration
 * classes, {@code class-defaults.json} with their source.
 */
final class ClassDefaults {
  private static final JsonDocument DEFAULTS =
      JsonDocument.resource(ClassDefaults.class, "class-defaults.json");

  private ClassDefaults() {}

  /**
   * The document with what is absent filled in.
   *
   * @param within whether it lies in another configuration: those are written without the sizes
   *     that equal the class's
   */
  static JsonDocument fill(JsonDocument document, String type, boolean within) {
    JsonDocument filled = document.withDefaults(of("always", type));
    return within ? filled.withDefaults(of("within", type)) : filled;
  }

  private static ObjectNode of(String group, String type) {
    return DEFAULTS.values().get(group).get(type) instanceof ObjectNode defaults
        ? defaults
        : JsonNodeFactory.instance.objectNode();
  }
}
