package io.headroom.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a trace begins with: the names of its fields, and how its rows are written. */
public final class TraceHead {
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_FIELDS = 10_000;

  /** What such fields hold is told in no count of tokens. */
  private static final List<String> TEXTS =
      List.of(
          "text_input",
          "prompt",
          "text",
          "texts",
          "turns",
          "conversations",
          "messages",
          "question");

  private enum Rows {
    TABLE,
    JSON_OBJECTS,
    /** Columns of a file that has types; their values come as JSON objects. */
    TYPED_COLUMNS
  }

  private final Rows rows;
  private final String line;
  private final char separator;
  private final List<String> fields;
  private final Map<String, ArrivalUnit> ownUnits;

  private TraceHead(
      Rows rows,
      String line,
      char separator,
      List<String> fields,
      Map<String, ArrivalUnit> ownUnits) {
    this.rows = rows;
    this.line = line;
    this.separator = separator;
    this.fields = List.copyOf(fields);
    this.ownUnits = Map.copyOf(ownUnits);
  }

  /**
   * Of a file of text.
   *
   * @param firstLine of a very long line, its beginning
   */
  public static TraceHead ofLine(String firstLine) {
    String line = withoutByteOrderMark(firstLine);
    if (line.stripLeading().startsWith("{")) {
      return new TraceHead(Rows.JSON_OBJECTS, line, ',', fieldsOfObject(line), Map.of());
    }
    char separator = CsvFields.separator(line);
    List<String> names =
        CsvFields.split(line, separator).stream().map(String::strip).limit(MOST_FIELDS).toList();
    return new TraceHead(Rows.TABLE, line, separator, names, Map.of());
  }

  /**
   * Of a file whose columns have types; its rows come as JSON objects.
   *
   * @param columns the unit of those that hold times by their type, empty for others
   */
  public static TraceHead ofColumns(Map<String, Optional<ArrivalUnit>> columns) {
    Map<String, ArrivalUnit> units = new LinkedHashMap<>();
    columns.forEach((name, unit) -> unit.ifPresent(own -> units.put(name, own)));
    return new TraceHead(Rows.TYPED_COLUMNS, "", ',', List.copyOf(columns.keySet()), units);
  }

  static String withoutByteOrderMark(String line) {
    boolean marked = !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK;
    return marked ? line.substring(1) : line;
  }

  /** Names as far as the object goes; those of objects within it have a path. */
  private static List<String> fieldsOfObject(String line) {
    List<String> fields = new ArrayList<>();
    List<String> path = new ArrayList<>();
    try (JsonParser json = JSON.createParser(line)) {
      JsonToken token = json.nextToken();
      while (token != null && fields.size() < MOST_FIELDS) {
        if (token == JsonToken.FIELD_NAME) {
          String field = String.join("", path) + json.currentName();
          fields.add(field);
          if (json.nextToken() == JsonToken.START_OBJECT) {
            path.add(json.currentName() + ".");
          } else {
            json.skipChildren();
          }
        } else if (token == JsonToken.END_OBJECT && !path.isEmpty()) {
          path.remove(path.size() - 1);
        }
        token = json.nextToken();
      }
    } catch (IOException e) {
      // What the line is not will be said of the whole line; here only names are gathered.
      return fields;
    }
    return fields;
  }

  /** In the file's order and spelling; empty if the first line tells none. */
  public List<String> fields() {
    return fields;
  }

  /** Whether the first line names the columns. */
  public boolean hasHeaderLine() {
    return rows == Rows.TABLE;
  }

  /** Whether the first line is, or begins, a JSON object. */
  public boolean isJson() {
    return rows == Rows.JSON_OBJECTS;
  }

  /** A field that holds a text, of which no count of tokens is known; empty if there is none. */
  public Optional<String> textField() {
    return TEXTS.stream().filter(this::has).findFirst();
  }

  /** The format whose files begin so; empty if none does. */
  public Optional<TraceFormat> format() {
    return Arrays.stream(TraceFormat.values())
        .filter(format -> format.layouts().stream().anyMatch(layout -> layout.fits(this)))
        .findFirst();
  }

  /**
   * A parser for the lines behind such a beginning; empty if it lacks what the description needs.
   * The first line of JSON objects may lack what others have.
   */
  public Optional<TraceLineParser> parser(TraceDescription description) {
    return layout(description).map(layout -> parser(layout, HistoryFields.NONE));
  }

  /** As {@link #parser}, and the parser reads the history of each request as well. */
  public Optional<TraceLineParser> parserWithHistory(TraceDescription description) {
    return layout(description)
        .map(layout -> parser(layout, layout.history().spelled(this::spelled)));
  }

  /** What the reader of such a file takes for granted and its user should know. */
  public Optional<String> remark(TraceDescription description) {
    return layout(description).flatMap(TraceLayout::remark);
  }

  /** Which fields of a description such a beginning lacks. */
  public List<String> missing(TraceDescription description) {
    if (description instanceof TraceColumns columns) {
      return TraceLayout.of(columns).missing(this);
    }
    return ((TraceFormat) description).layouts().get(0).missing(this);
  }

  private Optional<TraceLayout> layout(TraceDescription description) {
    if (description instanceof TraceColumns columns) {
      return Optional.of(TraceLayout.of(columns)).filter(layout -> layout.hasWhatIsRead(this));
    }
    List<TraceLayout> layouts = ((TraceFormat) description).layouts();
    Optional<TraceLayout> fitting =
        layouts.stream().filter(layout -> layout.fits(this)).findFirst();
    return fitting.or(
        () -> layouts.stream().filter(layout -> layout.hasWhatIsRead(this)).findFirst());
  }

  private TraceLineParser parser(TraceLayout layout, HistoryFields history) {
    TraceColumns columns = layout.columns();
    Optional<ArrivalColumn> arrival = columns.arrival().map(this::ownUnit);
    RowFields read =
        new RowFields(
            arrival.map(ArrivalColumn::name).orElse(null),
            arrival.map(ArrivalColumn::unit).orElse(null),
            layout.arrivalRequired(),
            spelled(columns.prompt()),
            spelled(columns.output()),
            layout.sessions().map(this::spelled).orElse(null),
            layout.emptyOutputFails(),
            history);
    return rows == Rows.TABLE
        ? new CsvLineParser(read, line, separator, fields)
        : new JsonLineParser(read);
  }

  private ArrivalColumn ownUnit(ArrivalColumn column) {
    String name = spelled(column.name());
    return new ArrivalColumn(name, ownUnits.getOrDefault(name, column.unit()));
  }

  /** The file's own spelling of a name; the name itself where the file has none. */
  private String spelled(String name) {
    return fields.stream().filter(field -> isSame(field, name)).findFirst().orElse(name);
  }

  /** Whether there is one such field, in columns whatever its capitals. */
  boolean has(String name) {
    long found = fields.stream().filter(field -> isSame(field, name)).limit(2).count();
    return found == 1 || (found > 1 && rows == Rows.JSON_OBJECTS);
  }

  private boolean isSame(String field, String name) {
    return rows == Rows.JSON_OBJECTS ? field.equals(name) : field.equalsIgnoreCase(name);
  }
}
