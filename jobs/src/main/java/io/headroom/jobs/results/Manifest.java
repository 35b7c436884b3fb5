package io.headroom.jobs.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.MessageLine;
import io.headroom.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What {@code manifest.json} says of results: one JSON object, made of parts. A part is a record;
 * its components are keys of the object, in snake case. {@link RunState} and {@link Provenance} are
 * parts of every manifest, the others are the command's own. Keys that no part has are passed over.
 */
public final class Manifest {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private static final int MOST_CHARACTERS_SHOWN = 60;

  private final String file;
  private final ObjectNode json;

  private Manifest(String file, ObjectNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * @param parts in the order in which they are written, of plain values, lists, maps and records
   *     alone
   */
  public static Manifest of(Record... parts) {
    ObjectNode json = JSON.createObjectNode();
    for (Record part : parts) {
      JsonNode keys = JSON.valueToTree(part);
      keys.fieldNames()
          .forEachRemaining(
              key -> {
                if (json.has(key)) {
                  throw new IllegalArgumentException("two parts have the key " + key);
                }
              });
      json.setAll((ObjectNode) keys);
    }
    return new Manifest("the manifest", json);
  }

  /**
   * @param file what messages call it
   * @param text in UTF-8
   * @throws UserException if the text is no JSON object
   */
  static Manifest parse(String file, byte[] text) throws IOException {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return new Manifest(file, object);
      }
      throw new UserException(
          "%s: not JSON: holds no object; allowed: what a run wrote".formatted(file));
    } catch (JsonProcessingException e) {
      throw new UserException("%s: not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** What is in a local file; empty if that is no JSON object, or there is no such file. */
  public static Optional<Manifest> in(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return JSON.readTree(file.toFile()) instanceof ObjectNode object
          ? Optional.of(new Manifest(file.toString(), object))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * @throws UserException as of {@link #part}
   */
  public RunState run() {
    return part(RunState.class)
        .orElseGet(() -> new RunState(null, null, null, null, null, null, null, null, null));
  }

  /**
   * @throws UserException as of {@link #part}
   */
  public Provenance provenance() {
    return part(Provenance.class).orElse(Provenance.UNKNOWN);
  }

  /**
   * A part; empty if the manifest has none of its keys.
   *
   * @throws UserException if a value is not what the part takes, or it takes one that is not there
   */
  public <T extends Record> Optional<T> part(Class<T> type) {
    if (keys(type).stream().noneMatch(key -> json.has(key.getName()))) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.treeToValue(json, type));
    } catch (JsonMappingException e) {
      throw new UserException(mistake(e), e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree was read already", e);
    }
  }

  private static List<BeanPropertyDefinition> keys(Class<?> type) {
    JavaType javaType = JSON.constructType(type);
    return JSON.getDeserializationConfig().introspect(javaType).findProperties();
  }

  private String mistake(JsonMappingException thrown) {
    StringBuilder key = new StringBuilder();
    JsonNode value = json;
    for (JsonMappingException.Reference step : thrown.getPath()) {
      if (step.getFieldName() == null) {
        key.append('[').append(step.getIndex()).append(']');
        value = value.path(step.getIndex());
      } else {
        key.append(key.isEmpty() ? "" : ".").append(step.getFieldName());
        value = value.path(step.getFieldName());
      }
    }
    return "%s: %s = %s; allowed: %s"
        .formatted(
            file,
            MessageLine.of(key.toString()),
            value.isMissingNode()
                ? "missing"
                : MessageLine.of(MessageLine.shortened(value.toString(), MOST_CHARACTERS_SHOWN)),
            allowed(thrown));
  }

  private static String allowed(JsonMappingException thrown) {
    Class<?> wanted =
        thrown instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
    if (wanted == null) {
      return "what a run writes there";
    }
    if (wanted == String.class) {
      return "text";
    }
    if (Collection.class.isAssignableFrom(wanted)) {
      return "a list";
    }
    if (wanted.isPrimitive() || Number.class.isAssignableFrom(wanted)) {
      return "a number";
    }
    return "an object";
  }

  /** The text of the file. */
  String toJson() {
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest is made of plain values", e);
    }
  }
}
