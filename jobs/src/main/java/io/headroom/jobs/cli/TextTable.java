package io.headroom.jobs.cli;

import io.headroom.MessageLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
    requireAsMany(cells, header);
    rows.add(List.copyOf(cells));
  }

  private static void requireAsMany(List<String> cells, List<String> header) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          "%d cells for %d columns".formatted(cells.size(), header.size()));
    }
  }

  public void add(String... cells) {
    add(List.of(cells));
  }

  public String render() {
    StringBuilder text = new StringBuilder();
    write(header, rows, text::append);
    return text.toString();
  }

  /**
   * Writes a table of any length line by line and keeps none of it.
   *
   * @param rows gone through twice: for the widths and for the lines
   * @param out takes the lines, each with its end
   * @throws IllegalArgumentException if a row has not as many cells as columns
   */
  public static void write(List<String> header, Iterable<List<String>> rows, Consumer<String> out) {
    Columns columns = new Columns(header);
    for (List<String> row : rows) {
      columns.fit(oneLineEach(row));
    }
    for (List<String> titles : columns.titles()) {
      out.accept(columns.line(titles));
    }
    out.accept(columns.line(columns.rule()));
    for (List<String> row : rows) {
      out.accept(columns.line(oneLineEach(row)));
    }
  }

  private static List<String> oneLineEach(List<String> cells) {
    return cells.stream().map(MessageLine::of).toList();
  }

  /** How wide the columns are, and which hold numbers. */
  private static final class Columns {
    private static final Pattern NUMBER = Pattern.compile("|-|[\\d.,]+(e[-+]\\d+)?( .*)?");

    private final List<String> header;
    private final int[] widths;
    private final boolean[] numeric;

    Columns(List<String> header) {
      this.header = header;
      this.widths =
          header.stream()
              .mapToInt(title -> title.lines().mapToInt(String::length).max().orElse(0))
              .toArray();
      this.numeric = new boolean[widths.length];
      Arrays.fill(numeric, true);
    }

    void fit(List<String> cells) {
      requireAsMany(cells, header);
      for (int column = 0; column < widths.length; column++) {
        String cell = cells.get(column);
        widths[column] = Math.max(widths[column], cell.length());
        numeric[column] = numeric[column] && NUMBER.matcher(cell).matches();
      }
    }

    /** The titles, which may have several lines. */
    List<List<String>> titles() {
      int lines = header.stream().mapToInt(title -> (int) title.lines().count()).max().orElse(0);
      return IntStream.range(0, lines)
          .mapToObj(
              at ->
                  header.stream()
                      .map(title -> title.lines().skip(at).findFirst().orElse(""))
                      .toList())
          .toList();
    }

    List<String> rule() {
      return IntStream.of(widths).mapToObj("-"::repeat).toList();
    }

    String line(List<String> cells) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = cells.get(column);
        String padding = " ".repeat(widths[column] - cell.length());
        line.append(column == 0 ? "" : "  ");
        line.append(numeric[column] ? padding : cell).append(numeric[column] ? cell : padding);
      }
      return line.toString().stripTrailing() + System.lineSeparator();
    }
  }
}
