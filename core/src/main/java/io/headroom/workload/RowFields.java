package io.headroom.workload;

import java.io.Serializable;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.lang3.CharUtils;

/**
 * What parsers read of a row, as the file spells it, and what becomes of well-formed values.
 *
 * @param arrival null where requests have no arrivals
 * @param unit null where requests have no arrivals
 * @param sessions null where a row is one request
 * @param history {@link HistoryFields#NONE} unless it is asked for
 */
record RowFields(
    String arrival,
    ArrivalUnit unit,
    boolean arrivalRequired,
    String prompt,
    String output,
    String sessions,
    boolean emptyOutputFails,
    HistoryFields history)
    implements Serializable {
  static final long BROKEN_DELAY = -2;
  private static final int INVALID = -1;

  /** All that is read, also what a row may lack. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    if (arrival != null) {
      names.add(arrival);
    }
    names.add(prompt);
    names.add(output);
    if (sessions != null) {
      names.add(sessions);
    }
    names.addAll(history.names());
    return names;
  }

  /**
   * @param arrivalNanos or {@link TraceRequest#NO_ARRIVAL}
   */
  TraceLine request(long arrivalNanos, int promptTokens, int outputTokens, RequestHistory before) {
    if (emptyOutputFails && outputTokens == 0) {
      return new SkippedLine(SkipReason.FAILED_REQUEST);
    }
    if (promptTokens == 0) {
      return new SkippedLine(SkipReason.EMPTY_PROMPT);
    }
    if ((long) promptTokens + outputTokens > Integer.MAX_VALUE) {
      return new BrokenLine(
          "%s and %s must come to %d at most".formatted(prompt, output, Integer.MAX_VALUE));
    }
    return new TraceRequest(arrivalNanos, promptTokens, outputTokens, before);
  }

  /** Negative for anything but a time in the file's unit. */
  long arrivalNanos(String text) {
    try {
      return unit.nanos(text);
    } catch (DateTimeException | NumberFormatException e) {
      return INVALID;
    }
  }

  /**
   * How long after an answer a turn is sent. Where every request has its own time, one below 0 says
   * that it waited for none. {@link #BROKEN_DELAY} for anything but a time in the file's unit.
   */
  long delayNanos(String text) {
    if (arrivalRequired && text.startsWith("-")) {
      return RequestHistory.NO_DELAY;
    }
    try {
      return history.delayUnit().nanos(text);
    } catch (DateTimeException | NumberFormatException e) {
      return BROKEN_DELAY;
    }
  }

  /**
   * A count of tokens, also as pandas writes it where a column has gaps: {@code 374.0}. Negative
   * for anything else.
   */
  static int count(String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    int position = start;
    long count = 0;
    while (position < end && CharUtils.isAsciiNumeric(text.charAt(position))) {
      count = 10 * count + text.charAt(position) - '0';
      if (count > Integer.MAX_VALUE) {
        return INVALID;
      }
      position++;
    }
    if (position == start) {
      return INVALID;
    }
    if (position < end && text.charAt(position) == '.') {
      position++;
      while (position < end && text.charAt(position) == '0') {
        position++;
      }
    }
    return position == end ? (int) count : INVALID;
  }

  BrokenLine brokenArrival() {
    return new BrokenLine("%s must be %s".formatted(arrival, unit.expected()));
  }

  static BrokenLine brokenCount(String field) {
    return new BrokenLine(
        "%s must be a whole number from 0 to %d".formatted(field, Integer.MAX_VALUE));
  }
}
