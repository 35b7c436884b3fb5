package io.headroom.jobs.plan.check;

import io.headroom.MessageLine;
import io.headroom.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * One line of a table.
 *
 * @param line its number, from 1
 * @param columns where each is in {@code values}
 */
record CsvRow(Path file, int line, Map<String, Integer> columns, List<String> values) {
  private static final int LONGEST_SHOWN_VALUE = 60;
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

  CsvRow {
    columns = Map.copyOf(columns);
    values = List.copyOf(values);
  }

  /** The text of a column; empty where it says nothing or there is no such column. */
  Optional<String> text(String column) {
    return Optional.ofNullable(columns.get(column))
        .map(index -> values.get(index).strip())
        .filter(text -> !text.isEmpty());
  }

  /**
   * @throws UserException if it says nothing
   */
  String required(String column) {
    return text(column).orElseThrow(() -> wrong(column, "must not be empty"));
  }

  /** Whether a value is marked as a guess, by a question mark. */
  boolean isGuess(String column) {
    return text(column).map(text -> text.contains("?")).orElse(false);
  }

  /**
   * A number, or what is guessed of it; empty where nothing is said.
   *
   * @throws UserException if it is no number from {@code least} to {@code most}
   */
  OptionalDouble number(String column, double least, double most) {
    Optional<String> text =
        text(column).map(said -> said.replace("?", "").strip()).filter(said -> !said.isEmpty());
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    double number =
        NUMBER.matcher(text.get()).matches() ? Double.parseDouble(text.get()) : Double.NaN;
    if (!(number >= least && number <= most)) {
      throw wrong(column, "must be a number from %s to %s".formatted(plain(least), plain(most)));
    }
    return OptionalDouble.of(number);
  }

  /**
   * The same of a whole number.
   *
   * @throws UserException as there
   */
  OptionalInt integer(String column, int least, int most) {
    OptionalDouble number = number(column, least, most);
    if (number.isEmpty()) {
      return OptionalInt.empty();
    }
    if (number.getAsDouble() != Math.rint(number.getAsDouble())) {
      throw wrong(column, "must be an integer from %d to %d".formatted(least, most));
    }
    return OptionalInt.of((int) number.getAsDouble());
  }

  /** What to throw where a value is not allowed. */
  UserException wrong(String column, String allowed) {
    String value = MessageLine.shortened(text(column).orElse(""), LONGEST_SHOWN_VALUE);
    return new UserException(
        "%s: line %d: %s %s: \"%s\"".formatted(file, line, column, allowed, value));
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }
}
