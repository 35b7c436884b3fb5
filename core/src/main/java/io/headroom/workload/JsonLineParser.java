package io.headroom.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Lines of one JSON object each; fields that are not asked for are passed over. */
final class JsonLineParser implements TraceLineParser {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();

  private final RowFields fields;

  /** Whether a name leads into objects. */
  private final boolean paths;

  /** Whether more than lengths and arrivals is read. */
  private final boolean historic;

  JsonLineParser(RowFields fields) {
    this.fields = fields;
    this.historic = fields.history().isTold();
    this.paths = fields.names().stream().anyMatch(name -> name.indexOf('.') >= 0);
  }

  @Override
  public List<String> fields() {
    return fields.names();
  }

  @Override
  public TraceLine parse(String line) {
    if (line.isBlank()) {
      return new SkippedLine(SkipReason.BLANK_LINE);
    }
    try (JsonParser json = JSON.createParser(TraceHead.withoutByteOrderMark(line))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return notAnObject();
      }
      Row row = new Row();
      row.read(json, "");
      return json.nextToken() == null
          ? row.line(TraceRequest.NO_ARRIVAL, fields.history().blockTokens())
          : notAnObject();
    } catch (JsonProcessingException e) {
      return notAnObject();
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private BrokenLine notAnObject() {
    String arrival = fields.arrival() == null ? "" : "\"%s\": 0, ".formatted(fields.arrival());
    return new BrokenLine(
        "expected one JSON object such as {%s\"%s\": 6758, \"%s\": 500}"
            .formatted(arrival, fields.prompt(), fields.output()));
  }

  /** What one object holds, gathered while it is read. */
  private final class Row {
    private static final long MISSING = -1;
    private static final long WRONG = -2;
    private static final long[] NO_IDS = {};

    private long arrivalNanos = MISSING;
    private long promptTokens = MISSING;
    private long outputTokens = MISSING;
    private List<Row> session;
    private long[] prefix = NO_IDS;
    private int blockTokens;
    private String sessionName = "";
    private long delayNanos = RequestHistory.NO_DELAY;
    private BrokenLine broken;

    /** Reads an object to its end, of which the first token is read already. */
    void read(JsonParser json, String path) throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = path.isEmpty() ? json.currentName() : path + json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals(fields.arrival())) {
          readArrival(json, value);
        } else if (field.equals(fields.prompt())) {
          requireOnce(field, promptTokens != MISSING);
          promptTokens = count(json, value, field);
        } else if (field.equals(fields.output())) {
          requireOnce(field, outputTokens != MISSING);
          outputTokens = count(json, value, field);
        } else if (field.equals(fields.sessions())) {
          requireOnce(field, session != null);
          readSession(json, value);
        } else if (historic && fields.history().names().contains(field)) {
          readHistory(json, value, field);
        } else if (paths && value == JsonToken.START_OBJECT) {
          read(json, field + ".");
        } else {
          json.skipChildren();
        }
      }
    }

    private void readArrival(JsonParser json, JsonToken value) throws IOException {
      requireOnce(fields.arrival(), arrivalNanos != MISSING);
      if (value == JsonToken.VALUE_NULL && !fields.arrivalRequired()) {
        return;
      }
      boolean readable =
          value.isNumeric() || (value == JsonToken.VALUE_STRING && !fields.unit().isNumber());
      if (!readable) {
        json.skipChildren();
        complain(fields.brokenArrival());
        arrivalNanos = WRONG;
        return;
      }
      arrivalNanos = fields.arrivalNanos(json.getText());
      if (arrivalNanos < 0) {
        complain(fields.brokenArrival());
        arrivalNanos = WRONG;
      }
    }

    private long count(JsonParser json, JsonToken value, String field) throws IOException {
      if (!value.isNumeric()) {
        json.skipChildren();
        complain(RowFields.brokenCount(field));
        return WRONG;
      }
      String text = json.getText();
      int count = RowFields.count(text, 0, text.length());
      if (count < 0) {
        complain(RowFields.brokenCount(field));
        return WRONG;
      }
      return count;
    }

    private void readSession(JsonParser json, JsonToken value) throws IOException {
      session = new ArrayList<>();
      if (value != JsonToken.START_ARRAY) {
        json.skipChildren();
        complain(notAList());
        return;
      }
      JsonToken element = json.nextToken();
      while (element != JsonToken.END_ARRAY) {
        if (element == JsonToken.START_OBJECT) {
          Row row = new Row();
          row.read(json, "");
          session.add(row);
        } else {
          json.skipChildren();
          complain(notAList());
        }
        element = json.nextToken();
      }
    }

    /** A field that says null says nothing. */
    private void readHistory(JsonParser json, JsonToken value, String field) throws IOException {
      HistoryFields history = fields.history();
      if (value == JsonToken.VALUE_NULL) {
        return;
      }
      if (field.equals(history.prefix())) {
        readPrefix(json, value);
      } else if (field.equals(history.blockSize())) {
        blockTokens = (int) count(json, value, field);
        if (blockTokens < 1) {
          complain(history.brokenBlockSize());
        }
      } else if (field.equals(history.session())) {
        if (!value.isScalarValue()) {
          json.skipChildren();
          complain(history.brokenSession());
          return;
        }
        sessionName = json.getText();
      } else {
        readDelay(json, value);
      }
    }

    private void readPrefix(JsonParser json, JsonToken value) throws IOException {
      if (value != JsonToken.START_ARRAY) {
        json.skipChildren();
        complain(fields.history().brokenPrefix());
        return;
      }
      LongStream.Builder ids = LongStream.builder();
      JsonToken element = json.nextToken();
      while (element != JsonToken.END_ARRAY) {
        boolean whole =
            element == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (whole) {
          ids.add(json.getLongValue());
        } else {
          json.skipChildren();
          complain(fields.history().brokenPrefix());
        }
        element = json.nextToken();
      }
      prefix = ids.build().toArray();
    }

    private void readDelay(JsonParser json, JsonToken value) throws IOException {
      if (value.isNumeric()) {
        delayNanos = fields.delayNanos(json.getText());
      } else {
        json.skipChildren();
        delayNanos = RowFields.BROKEN_DELAY;
      }
      if (delayNanos == RowFields.BROKEN_DELAY) {
        complain(fields.history().brokenDelay());
      }
    }

    private BrokenLine notAList() {
      return new BrokenLine("%s must be a list of objects".formatted(fields.sessions()));
    }

    private void requireOnce(String field, boolean again) {
      if (again) {
        complain(new BrokenLine("%s is given twice".formatted(field)));
      }
    }

    private void complain(BrokenLine complaint) {
      broken = broken == null ? complaint : broken;
    }

    /**
     * @param sessionNanos arrival of the session that it is in, if any has one
     * @param sessionBlockTokens tokens of a block of its prefix, unless it says otherwise
     */
    TraceLine line(long sessionNanos, int sessionBlockTokens) {
      if (broken != null) {
        return broken;
      }
      long nanos = arrivalNanos == MISSING ? sessionNanos : since(sessionNanos);
      if (nanos < TraceRequest.NO_ARRIVAL) {
        return fields.brokenArrival();
      }
      int tokens = blockTokens > 0 ? blockTokens : sessionBlockTokens;
      if (session != null) {
        return session(nanos, tokens);
      }
      if (nanos == TraceRequest.NO_ARRIVAL && fields.arrivalRequired()) {
        return missing(fields.arrival());
      }
      if (promptTokens == MISSING) {
        return missing(fields.prompt());
      }
      if (outputTokens == MISSING) {
        return missing(fields.output());
      }
      return fields.request(nanos, (int) promptTokens, (int) outputTokens, history(tokens));
    }

    /** Below {@link TraceRequest#NO_ARRIVAL} if it is too far away. */
    private long since(long sessionNanos) {
      long sum = arrivalNanos + Math.max(sessionNanos, 0);
      return sum < 0 ? WRONG : sum;
    }

    private RequestHistory history(int tokens) {
      if (!historic) {
        return RequestHistory.NONE;
      }
      PrefixBlocks blocks =
          prefix.length == 0
              ? PrefixBlocks.NONE
              : new PrefixBlocks(prefix, tokens, fields.history().idsOfSession());
      return new RequestHistory(blocks, sessionName, delayNanos);
    }

    private TraceLine session(long nanos, int tokens) {
      List<TraceLine> requests = new ArrayList<>(session.size());
      for (Row row : session) {
        TraceLine line = row.line(nanos, tokens);
        if (line instanceof BrokenLine) {
          return line;
        }
        requests.add(line);
      }
      if (historic && fields.history().delayOfNext()) {
        passDelaysOn(requests);
      }
      return requests.isEmpty()
          ? new SkippedLine(SkipReason.EMPTY_SESSION)
          : new TraceSession(requests);
    }

    /** To the request behind each; without one the next is sent at once. */
    private void passDelaysOn(List<TraceLine> requests) {
      long delay = RequestHistory.NO_DELAY;
      for (int i = 0; i < requests.size(); i++) {
        long told = Math.max(session.get(i).delayNanos, 0);
        if (requests.get(i) instanceof TraceRequest request) {
          requests.set(i, request.after(delay));
          delay = told;
        } else if (delay != RequestHistory.NO_DELAY) {
          delay = Math.max(delay, delay + told);
        }
      }
    }

    private static BrokenLine missing(String field) {
      return new BrokenLine("%s is missing".formatted(field));
    }
  }
}
