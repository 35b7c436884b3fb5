package io.headroom.jobs.plan.check;

import io.headroom.InputFile;
import io.headroom.UserException;
import io.headroom.workload.CsvFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small table of text with a header: columns in any order, between others, as {@link CsvFields}
 * parts them.
 */
record CsvTable(List<CsvRow> rows) {
  private static final int MOST_BYTES = 64 << 20;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /**
   * @param needed columns without which the table cannot be used
   * @throws UserException if the file cannot be read, lacks one of them or names one twice, or a
   *     line has another number of values
   */
  static CsvTable read(Path file, List<String> needed) {
    byte[] bytes = InputFile.read(file, "a table of text (CSV)", MOST_BYTES);
    String text = new String(bytes, StandardCharsets.UTF_8);
    List<String> lines =
        (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).lines().toList();
    if (lines.isEmpty()) {
      throw new UserException(
          "%s: a header is needed, with the columns %s".formatted(file, String.join(", ", needed)));
    }
    char separator = CsvFields.separator(lines.get(0));
    Map<String, Integer> columns = columns(file, lines.get(0), separator, needed);
    List<CsvRow> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      List<String> values = CsvFields.split(lines.get(i), separator);
      if (values.isEmpty()) {
        throw new UserException(
            "%s: line %d: a quote must end on its line, before a separator".formatted(file, i + 1));
      }
      if (values.size() != columns.size()) {
        throw new UserException(
            "%s: line %d: expected %d columns, found %d"
                .formatted(file, i + 1, columns.size(), values.size()));
      }
      rows.add(new CsvRow(file, i + 1, columns, values));
    }
    return new CsvTable(rows);
  }

  private static Map<String, Integer> columns(
      Path file, String header, char separator, List<String> needed) {
    List<String> names = CsvFields.split(header, separator).stream().map(String::strip).toList();
    Map<String, Integer> columns = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (columns.put(names.get(i), i) != null) {
        throw new UserException(
            "%s: line 1: column %s is there twice".formatted(file, names.get(i)));
      }
    }
    List<String> missing = needed.stream().filter(name -> !columns.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new UserException(
          "%s: line 1: missing columns: %s; there are: %s"
              .formatted(file, String.join(", ", missing), String.join(", ", names)));
    }
    return columns;
  }
}
