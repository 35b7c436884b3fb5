package io.headroom.workload;

import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Lines of Azure and BurstGPT: plain commas, no quotes, columns found by the header's names. */
final class CsvLineParser implements TraceLineParser {
  private static final long serialVersionUID = 1L;
  private static final int INVALID = -1;

  private final TraceFormat format;
  private final String header;
  private final int columns;
  private final int arrivalColumn;
  private final int promptColumn;
  private final int outputColumn;

  private CsvLineParser(TraceFormat format, String header, List<String> names) {
    this.format = format;
    this.header = header;
    this.columns = names.size();
    this.arrivalColumn = indexOf(names, format.arrivalField());
    this.promptColumn = indexOf(names, format.promptField());
    this.outputColumn = indexOf(names, format.outputField());
  }

  /** Empty if the header lacks a column of the format, or has it more than once. */
  static Optional<CsvLineParser> of(TraceFormat format, String header) {
    List<String> names = Arrays.stream(header.split(",", -1)).map(String::strip).toList();
    CsvLineParser parser = new CsvLineParser(format, header.strip(), names);
    boolean complete =
        parser.arrivalColumn >= 0 && parser.promptColumn >= 0 && parser.outputColumn >= 0;
    return complete ? Optional.of(parser) : Optional.empty();
  }

  private static int indexOf(List<String> names, String name) {
    int index = -1;
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equalsIgnoreCase(name)) {
        continue;
      }
      if (index >= 0) {
        return -1;
      }
      index = i;
    }
    return index;
  }

  @Override
  public TraceLine parse(String line) {
    if (line.isBlank()) {
      return new SkippedLine(SkipReason.BLANK_LINE);
    }
    String arrival = "";
    int promptTokens = INVALID;
    int outputTokens = INVALID;
    int column = 0;
    int start = 0;
    while (start <= line.length()) {
      int comma = line.indexOf(',', start);
      int end = comma < 0 ? line.length() : comma;
      if (column == arrivalColumn) {
        arrival = line.substring(start, end).strip();
      } else if (column == promptColumn) {
        promptTokens = count(line, start, end);
      } else if (column == outputColumn) {
        outputTokens = count(line, start, end);
      }
      column++;
      start = end + 1;
    }
    if (column != columns) {
      return new BrokenLine(
          "expected %d columns (%s), found %d".formatted(columns, header, column));
    }
    if (promptTokens < 0) {
      return Lines.brokenCount(format.promptField());
    }
    if (outputTokens < 0) {
      return Lines.brokenCount(format.outputField());
    }
    try {
      return Lines.of(format, arrivalNanos(arrival), promptTokens, outputTokens);
    } catch (DateTimeException | NumberFormatException e) {
      return brokenArrival();
    }
  }

  /** Negative for anything but a count. */
  private static int count(String line, int start, int end) {
    try {
      return Integer.parseInt(line.substring(start, end).strip());
    } catch (NumberFormatException e) {
      return INVALID;
    }
  }

  private long arrivalNanos(String text) {
    if (format == TraceFormat.AZURE) {
      return ArrivalNanos.ofDateTime(text);
    }
    return ArrivalNanos.ofDecimal(text, ArrivalNanos.NANOS_PER_SECOND);
  }

  private BrokenLine brokenArrival() {
    if (format == TraceFormat.AZURE) {
      return new BrokenLine(
          "%s must be a time from 1970 to 2261 such as 2023-11-16 18:15:46.6805900 or 2024-05-10 00:00:00+00:00"
              .formatted(format.arrivalField()));
    }
    return new BrokenLine(
        "%s must be a number of seconds, at least 0".formatted(format.arrivalField()));
  }
}
