package io.headroom.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headroom.InputFile;
import io.headroom.MessageLine;
import io.headroom.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  public static ObjectMapper strictJson(long maxBytes) {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(100)
                    .maxStringLength(1 << 20)
                    .maxNameLength(10_000)
                    .maxDocumentLength(maxBytes)
                    .build())
            .build();
    return new ObjectMapper(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  public static JsonDocument read(Path file) {
    byte[] json = InputFile.read(file, "a config.json file", MOST_FILE_BYTES);
    return parse(file.toString(), json, STRICT_JSON);
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
          "%s is not valid JSON%s: %s".formatted(file, place(e), e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e, e);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line %d, column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  public boolean has(String key) {
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

  public Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode array = values.get(key);
    if (!array.isArray()) {
      throw wrong(key, "must be an array of strings");
    }
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
