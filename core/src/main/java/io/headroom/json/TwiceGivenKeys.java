package io.headroom.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.JsonNodeDeserializer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads objects in which a key is given twice: equal values are one, others a {@link
 * Contradiction}.
 */
final class TwiceGivenKeys extends JsonNodeDeserializer {
  private static final long serialVersionUID = 1L;

  @Override
  protected void _handleDuplicateField(
      JsonParser parser,
      DeserializationContext context,
      JsonNodeFactory factory,
      String key,
      ObjectNode object,
      JsonNode first,
      JsonNode second) {
    if (!first.equals(second)) {
      object.putPOJO(key, new Contradiction(first, second));
    }
  }
}
