package io.headroom.workload;

import java.util.List;

/** Rows of a table of text: columns found by the header's names, with or without quotes. */
final class CsvLineParser implements TraceLineParser {
  private static final long serialVersionUID = 1L;
  private static final int INVALID = -1;
  private static final int NONE = -1;

  private final RowFields fields;
  private final String header;
  private final char separator;
  private final int columns;
  private final int arrivalColumn;
  private final int promptColumn;
  private final int outputColumn;
  private final boolean historic;
  private final List<String> names;

  /**
   * @param fields in the spelling of the header; an arrival that the header lacks is none
   */
  CsvLineParser(RowFields fields, String header, char separator, List<String> names) {
    this.fields = fields;
    this.header = header.strip();
    this.separator = separator;
    this.columns = names.size();
    this.arrivalColumn = fields.arrival() == null ? NONE : names.indexOf(fields.arrival());
    this.promptColumn = names.indexOf(fields.prompt());
    this.outputColumn = names.indexOf(fields.output());
    this.historic = fields.history().isTold();
    this.names = List.copyOf(names);
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
    boolean plain = line.indexOf(CsvFields.QUOTE) < 0 && !historic;
    return plain ? plain(line) : quoted(line);
  }

  private TraceLine plain(String line) {
    String arrival = "";
    int promptTokens = INVALID;
    int outputTokens = INVALID;
    int column = 0;
    int start = 0;
    while (start <= line.length()) {
      int found = line.indexOf(separator, start);
      int end = found < 0 ? line.length() : found;
      if (column == arrivalColumn) {
        arrival = line.substring(start, end).strip();
      } else if (column == promptColumn) {
        promptTokens = RowFields.count(line, start, end);
      } else if (column == outputColumn) {
        outputTokens = RowFields.count(line, start, end);
      }
      column++;
      start = end + 1;
    }
    return column == columns
        ? row(arrival, promptTokens, outputTokens, RequestHistory.NONE)
        : miscounted(column);
  }

  private TraceLine quoted(String line) {
    List<String> values = CsvFields.split(line, separator);
    if (values.isEmpty()) {
      return new BrokenLine("a quote must end on its line, before a separator");
    }
    if (values.size() != columns) {
      return miscounted(values.size());
    }
    String prompt = values.get(promptColumn);
    String output = values.get(outputColumn);
    RequestHistory before = RequestHistory.NONE;
    if (historic) {
      CsvHistory read = CsvHistory.of(fields, values, names);
      if (read.broken() != null) {
        return read.broken();
      }
      before = read.history();
    }
    return row(
        arrivalColumn < 0 ? "" : values.get(arrivalColumn).strip(),
        RowFields.count(prompt, 0, prompt.length()),
        RowFields.count(output, 0, output.length()),
        before);
  }

  private TraceLine row(String arrival, int promptTokens, int outputTokens, RequestHistory before) {
    if (promptTokens < 0) {
      return RowFields.brokenCount(fields.prompt());
    }
    if (outputTokens < 0) {
      return RowFields.brokenCount(fields.output());
    }
    if (arrivalColumn < 0) {
      return fields.request(TraceRequest.NO_ARRIVAL, promptTokens, outputTokens, before);
    }
    long arrivalNanos = fields.arrivalNanos(arrival);
    return arrivalNanos < 0
        ? fields.brokenArrival()
        : fields.request(arrivalNanos, promptTokens, outputTokens, before);
  }

  private BrokenLine miscounted(int found) {
    return new BrokenLine("expected %d columns (%s), found %d".formatted(columns, header, found));
  }
}
