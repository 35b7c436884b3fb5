package io.headroom.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import io.headroom.MessageLine;
import io.headroom.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A JSON object read strictly: a value is there and of the right type and range, or the user learns
 * in one line which file and key are wrong. A null counts as missing, as it does in Hugging Face
 * configurations.
 *
 * @param file what messages call the file
 * @param path keys that lead to this object, each followed by a dot; empty at the top
 */
public record JsonDocument(String file, String path, ObjectNode values) {
  private static final int MOST_FILE_BYTES = 4 << 20;
  private static final int LONGEST_SHOWN_VALUE = 60;

  /** Reads JSON within limits that no honest document meets. */
  static final ObjectMapper STRICT_JSON = strictJson(MOST_FILE_BYTES);

  /**
   * Reads what Python writes too: NaN and infinities, and keys that are given twice. They matter
   * where their value is asked for.
   */
  static final ObjectMapper PYTHON_JSON =
      new ObjectMapper(
              factory(MOST_FILE_BYTES).enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .registerModule(new SimpleModule().addDeserializer(JsonNode.class, new TwiceGivenKeys()));

  public static ObjectMapper strictJson(long maxBytes) {
    JsonFactory factory =
        factory(maxBytes).enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    return new ObjectMapper(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  private static JsonFactoryBuilder factory(long maxBytes) {
    return (JsonFactoryBuilder)
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(100)
                    .maxStringLength(1 << 20)
                    .maxNameLength(10_000)
                    .maxDocumentLength(maxBytes)
                    .build());
  }

  /** An object that lies beside a class of the project. */
  public static JsonDocument resource(Class<?> beside, String name) {
    if (tree(beside, name) instanceof ObjectNode object) {
      return new JsonDocument(name, "", object);
    }
    throw new IllegalStateException(name + " must be a JSON object");
  }

  /** An array of objects that lies beside a class of the project. */
  public static List<JsonDocument> resources(Class<?> beside, String name) {
    List<JsonDocument> objects = new ArrayList<>();
    for (JsonNode element : tree(beside, name)) {
      objects.add(new JsonDocument(name, "[%d].".formatted(objects.size()), (ObjectNode) element));
    }
    return objects;
  }

  private static JsonNode tree(Class<?> beside, String name) {
    try (InputStream json = beside.getResourceAsStream(name)) {
      return STRICT_JSON.readTree(Objects.requireNonNull(json, name));
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }

  /** Parses one JSON object as Python writes it, see {@link #PYTHON_JSON}. */
  public static JsonDocument parsePython(String file, byte[] json) {
    return parse(file, json, PYTHON_JSON);
  }

  /** Parses one JSON object. */
  public static JsonDocument parse(String file, byte[] json, ObjectMapper mapper) {
    try {
      JsonNode root = mapper.readTree(json);
      if (root instanceof ObjectNode object) {
        return new JsonDocument(file, "", object);
      }
      throw new UserException(
          "%s: a JSON object is needed: %s"
              .formatted(file, root.isMissingNode() ? "nothing" : typeOf(root)));
    } catch (StreamConstraintsException e) {
      String limit = e.getOriginalMessage().replaceAll(", from `[^`]*`", "");
      throw new UserException(file + ": " + limit, e);
    } catch (JsonProcessingException e) {
      throw new UserException(
          "%s is not valid JSON%s: %s".formatted(file, place(e), complaint(e)), e);
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e, e);
    }
  }

  /** What is allowed in the place, in other words than the parser's, which speak to programmers. */
  private static String complaint(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    if (e instanceof JsonEOFException) {
      return "it ends too early; every { [ and \" must be closed";
    }
    if (message.contains("ALLOW_COMMENTS")) {
      return "a comment, and JSON has none";
    }
    if (message.startsWith("Duplicate field")) {
      return "a key that its object has already; each is allowed once";
    }
    if (message.startsWith("Trailing token")) {
      return "more than one value; one object is allowed";
    }
    if (message.contains("UTF-8")) {
      return "text in UTF-8 is allowed";
    }
    return "allowed are keys and texts in double quotes, numbers, true, false, null, { } and [ ]";
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line %d, column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  /**
   * Whether there is a value that is not null.
   *
   * @throws UserException if there are two that contradict each other, see {@link Contradiction}
   */
  public boolean has(String key) {
    if (values.get(key) instanceof POJONode node
        && node.getPojo() instanceof Contradiction contradiction) {
      throw new UserException(
          "%s: %s%s is given twice, leave one: %s and %s"
              .formatted(
                  file,
                  path,
                  shown(key),
                  shown(contradiction.first().toString()),
                  shown(contradiction.second().toString())));
    }
    return values.hasNonNull(key);
  }

  /** The object under a key. */
  public Optional<JsonDocument> object(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (values.get(key) instanceof ObjectNode object) {
      return Optional.of(new JsonDocument(file, path + shown(key) + ".", object));
    }
    throw wrong(key, "must be an object");
  }

  /** An integer from {@code least} to {@code most}. */
  public OptionalInt integer(String key, int least, int most) {
    if (!has(key)) {
      return OptionalInt.empty();
    }
    JsonNode value = values.get(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw wrong(key, "must be an integer from %d to %d".formatted(least, most));
    }
    return OptionalInt.of(value.intValue());
  }

  /** One integer that goes by several names; where more than one is given they must agree. */
  public OptionalInt integer(List<String> keys, int least, int most) {
    OptionalInt found = OptionalInt.empty();
    String foundKey = null;
    for (String key : keys) {
      OptionalInt value = integer(key, least, most);
      if (value.isPresent() && found.isPresent() && value.getAsInt() != found.getAsInt()) {
        throw wrong(key, "must equal %s (%d)".formatted(foundKey, found.getAsInt()));
      }
      if (value.isPresent() && found.isEmpty()) {
        found = value;
        foundKey = key;
      }
    }
    return found;
  }

  /** A finite number above 0. */
  public OptionalDouble positiveNumber(String key) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    JsonNode value = values.get(key);
    double number = value.doubleValue();
    if (!value.isNumber() || !Double.isFinite(number) || number <= 0) {
      throw wrong(key, "must be a number above 0");
    }
    return OptionalDouble.of(number);
  }

  public Optional<Boolean> flag(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!values.get(key).isBoolean()) {
      throw wrong(key, "must be true or false");
    }
    return Optional.of(values.get(key).booleanValue());
  }

  public Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!values.get(key).isTextual()) {
      throw wrong(key, "must be a string");
    }
    return Optional.of(values.get(key).textValue());
  }

  /** Integers from {@code least} to {@code most}. */
  public Optional<List<Integer>> integers(String key, int least, int most) {
    return elements(key, "an array of integers from %d to %d".formatted(least, most))
        .map(
            elements -> {
              List<Integer> integers = new ArrayList<>();
              for (JsonNode element : elements) {
                if (!element.isIntegralNumber()
                    || !element.canConvertToInt()
                    || element.intValue() < least
                    || element.intValue() > most) {
                  throw wrong(
                      key, "must be an array of integers from %d to %d".formatted(least, most));
                }
                integers.add(element.intValue());
              }
              return integers;
            });
  }

  /** The objects of an array; in messages {@code key[0]}, {@code key[1]}... */
  public Optional<List<JsonDocument>> objects(String key) {
    return elements(key, "an array of objects")
        .map(
            elements -> {
              List<JsonDocument> objects = new ArrayList<>();
              for (JsonNode element : elements) {
                if (!(element instanceof ObjectNode object)) {
                  throw wrong(key, "must be an array of objects");
                }
                String place = "%s%s[%d].".formatted(path, shown(key), objects.size());
                objects.add(new JsonDocument(file, place, object));
              }
              return objects;
            });
  }

  private Optional<JsonNode> elements(String key, String allowed) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!values.get(key).isArray()) {
      throw wrong(key, "must be " + allowed);
    }
    return Optional.of(values.get(key));
  }

  /** The same object where keys that it does not have at all, not even null, have these values. */
  public JsonDocument withDefaults(ObjectNode defaults) {
    ObjectNode filled = values.deepCopy();
    defaults
        .properties()
        .forEach(
            entry -> {
              if (!filled.has(entry.getKey())) {
                filled.set(entry.getKey(), entry.getValue());
              }
            });
    return new JsonDocument(file, path, filled);
  }

  public Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode array = elements(key, "an array of strings").orElseThrow();
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array) {
      if (!element.isTextual()) {
        throw wrong(key, "must be an array of strings");
      }
      texts.add(element.textValue());
    }
    return Optional.of(texts);
  }

  /** What to throw where a needed key is absent. */
  public UserException missing(String key, String allowed) {
    return new UserException("%s: %s%s is missing; %s".formatted(file, path, key, allowed));
  }

  /** What to throw where the value of a key is not allowed. */
  public UserException wrong(String key, String allowed) {
    return new UserException(
        "%s: %s%s %s: %s"
            .formatted(file, path, shown(key), allowed, shown(String.valueOf(values.get(key)))));
  }

  private static String shown(String text) {
    return MessageLine.shortened(text, LONGEST_SHOWN_VALUE);
  }

  private static String typeOf(JsonNode node) {
    return node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }
}
