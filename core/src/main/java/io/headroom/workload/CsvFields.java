package io.headroom.workload;

import java.util.ArrayList;
import java.util.List;

/** The values of one line of a table of text (RFC 4180, any separator, no breaks in values). */
public final class CsvFields {
  static final char QUOTE = '"';
  private static final char[] SEPARATORS = {',', ';', '\t', '|'};

  private CsvFields() {}

  /** The separator that parts a header into most columns, a comma if none does. */
  public static char separator(String header) {
    char best = SEPARATORS[0];
    int most = 1;
    for (char separator : SEPARATORS) {
      int columns = split(header, separator).size();
      if (columns > most) {
        best = separator;
        most = columns;
      }
    }
    return best;
  }

  /** Empty if a quote is not closed, or closed before its value ends. */
  public static List<String> split(String line, char separator) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    int position = 0;
    while (position <= line.length()) {
      value.setLength(0);
      int end =
          position < line.length() && line.charAt(position) == QUOTE
              ? quoted(line, position + 1, value)
              : plain(line, position, separator, value);
      if (end < 0 || (end < line.length() && line.charAt(end) != separator)) {
        return List.of();
      }
      values.add(value.toString());
      position = end + 1;
    }
    return values;
  }

  private static int plain(String line, int start, char separator, StringBuilder value) {
    int found = line.indexOf(separator, start);
    int end = found < 0 ? line.length() : found;
    value.append(line, start, end);
    return end;
  }

  /** The position behind the closing quote; negative if there is none. */
  private static int quoted(String line, int start, StringBuilder value) {
    int position = start;
    while (position < line.length()) {
      char character = line.charAt(position);
      boolean escaped = position + 1 < line.length() && line.charAt(position + 1) == QUOTE;
      if (character == QUOTE && !escaped) {
        return position + 1;
      }
      value.append(character);
      position += character == QUOTE ? 2 : 1;
    }
    return -1;
  }
}
