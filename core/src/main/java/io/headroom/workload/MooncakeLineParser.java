package io.headroom.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Lines of Mooncake: one JSON object each; fields other than times and lengths are passed over. */
final class MooncakeLineParser implements TraceLineParser {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();
  private static final TraceFormat FORMAT = TraceFormat.MOONCAKE;
  private static final BrokenLine NOT_AN_OBJECT =
      new BrokenLine(
          "expected one JSON object such as {\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500}");
  private static final long MISSING = -1;
  private static final long WRONG = -2;

  @Override
  public TraceLine parse(String line) {
    if (line.isBlank()) {
      return new SkippedLine(SkipReason.BLANK_LINE);
    }
    try (JsonParser json = JSON.createParser(Lines.withoutByteOrderMark(line))) {
      return parse(json);
    } catch (JsonProcessingException e) {
      return NOT_AN_OBJECT;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static TraceLine parse(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      return NOT_AN_OBJECT;
    }
    long arrivalNanos = MISSING;
    long promptTokens = MISSING;
    long outputTokens = MISSING;
    BrokenLine broken = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals(FORMAT.arrivalField())) {
        broken = broken == null && arrivalNanos != MISSING ? twice(field) : broken;
        arrivalNanos = arrivalNanos(json, value);
        broken = broken == null && arrivalNanos < 0 ? brokenArrival() : broken;
      } else if (field.equals(FORMAT.promptField())) {
        broken = broken == null && promptTokens != MISSING ? twice(field) : broken;
        promptTokens = count(json, value);
        broken = broken == null && promptTokens < 0 ? Lines.brokenCount(field) : broken;
      } else if (field.equals(FORMAT.outputField())) {
        broken = broken == null && outputTokens != MISSING ? twice(field) : broken;
        outputTokens = count(json, value);
        broken = broken == null && outputTokens < 0 ? Lines.brokenCount(field) : broken;
      } else {
        json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      return NOT_AN_OBJECT;
    }
    if (broken != null) {
      return broken;
    }
    if (arrivalNanos == MISSING) {
      return missing(FORMAT.arrivalField());
    }
    if (promptTokens == MISSING) {
      return missing(FORMAT.promptField());
    }
    if (outputTokens == MISSING) {
      return missing(FORMAT.outputField());
    }
    return Lines.of(FORMAT, arrivalNanos, (int) promptTokens, (int) outputTokens);
  }

  /** Negative for anything but a number of milliseconds. */
  private static long arrivalNanos(JsonParser json, JsonToken value) throws IOException {
    if (!value.isNumeric()) {
      json.skipChildren();
      return WRONG;
    }
    try {
      return ArrivalNanos.ofDecimal(json.getText(), ArrivalNanos.NANOS_PER_MILLISECOND);
    } catch (NumberFormatException e) {
      return WRONG;
    }
  }

  /** Negative for anything but a count. */
  private static long count(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      json.skipChildren();
      return WRONG;
    }
    try {
      int count = Integer.parseInt(json.getText());
      return count < 0 ? WRONG : count;
    } catch (NumberFormatException e) {
      return WRONG;
    }
  }

  private static BrokenLine brokenArrival() {
    return new BrokenLine(
        "%s must be a number of milliseconds, at least 0".formatted(FORMAT.arrivalField()));
  }

  private static BrokenLine twice(String field) {
    return new BrokenLine("%s is given twice".formatted(field));
  }

  private static BrokenLine missing(String field) {
    return new BrokenLine("%s is missing".formatted(field));
  }
}
