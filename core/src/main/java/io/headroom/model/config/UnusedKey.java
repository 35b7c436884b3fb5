package io.headroom.model.config;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A key that no rule has read.
 *
 * @param path of the object that it is in, each key followed by a dot; empty at the top
 */
record UnusedKey(String path, String key, JsonNode value) {

  /** Whether the value is one by which a configuration says that something is not there. */
  boolean isSwitchedOff() {
    return value.isNull()
        || (value.isBoolean() && !value.booleanValue())
        || (value.isNumber() && (value.doubleValue() == 0 || value.doubleValue() == -1))
        || (value.isTextual() && value.textValue().isEmpty())
        || (value.isContainerNode() && value.isEmpty());
  }
}
