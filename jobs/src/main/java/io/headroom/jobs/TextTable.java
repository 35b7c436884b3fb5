package io.headroom.jobs;

import io.headroom.MessageLine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table in plain text. Columns are as wide as they must be, numbers stand at the right, and a
 * title may have several lines. Cells have one, and nothing in them that a terminal would obey.
 */
public final class TextTable {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(List<String> header) {
    this.header = List.copyOf(header);
  }

  public TextTable(String... header) {
    this(List.of(header));
  }

  /**
   * @throws IllegalArgumentException if there are not as many cells as columns
   */
  public void add(List<String> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          "%d cells for %d columns".formatted(cells.size(), header.size()));
    }
    rows.add(cells.stream().map(MessageLine::of).toList());
  }

  public void add(String... cells) {
    add(List.of(cells));
  }

  public String render() {
    int[] widths = new int[header.size()];
    boolean[] numeric = new boolean[header.size()];
    for (int column = 0; column < widths.length; column++) {
      int at = column;
      numeric[at] =
          rows.stream().allMatch(row -> row.get(at).matches("|-|[\\d.,]+(e[-+]\\d+)?( .*)?"));
      widths[at] =
          Stream.concat(header.get(at).lines(), rows.stream().map(row -> row.get(at)))
              .mapToInt(String::length)
              .max()
              .orElseThrow();
    }
    StringBuilder text = new StringBuilder();
    int headerLines =
        header.stream().mapToInt(title -> (int) title.lines().count()).max().orElseThrow();
    for (int line = 0; line < headerLines; line++) {
      int at = line;
      List<String> titles =
          header.stream().map(title -> title.lines().skip(at).findFirst().orElse("")).toList();
      appendLine(text, titles, widths, numeric);
    }
    appendLine(text, IntStream.of(widths).mapToObj("-"::repeat).toList(), widths, numeric);
    for (List<String> row : rows) {
      appendLine(text, row, widths, numeric);
    }
    return text.toString();
  }

  private static void appendLine(
      StringBuilder text, List<String> cells, int[] widths, boolean[] numeric) {
    String line =
        IntStream.range(0, cells.size())
            .mapToObj(
                column -> {
                  String cell = cells.get(column);
                  String padding = " ".repeat(widths[column] - cell.length());
                  return numeric[column] ? padding + cell : cell + padding;
                })
            .collect(Collectors.joining("  "));
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }
}
