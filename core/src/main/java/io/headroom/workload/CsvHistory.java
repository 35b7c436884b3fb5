package io.headroom.workload;

import java.util.Arrays;
import java.util.List;

/**
 * The history of a request that is a row of a table; ids of blocks stand there as {@code [46, 47]}.
 *
 * @param broken what is wrong with it; null: nothing
 */
record CsvHistory(RequestHistory history, BrokenLine broken) {

  /**
   * @param values of the row, as many as names
   * @param names of the columns
   */
  static CsvHistory of(RowFields fields, List<String> values, List<String> names) {
    HistoryFields told = fields.history();
    int blockTokens = told.blockTokens();
    String blockSize = value(told.blockSize(), values, names);
    if (!blockSize.isEmpty()) {
      blockTokens = RowFields.count(blockSize, 0, blockSize.length());
      if (blockTokens < 1) {
        return wrong(told.brokenBlockSize());
      }
    }
    String prefix = value(told.prefix(), values, names);
    long[] ids;
    try {
      ids = ids(prefix);
    } catch (NumberFormatException e) {
      return wrong(told.brokenPrefix());
    }
    String delay = value(told.delay(), values, names);
    long delayNanos = delay.isEmpty() ? RequestHistory.NO_DELAY : fields.delayNanos(delay);
    if (delayNanos == RowFields.BROKEN_DELAY) {
      return wrong(told.brokenDelay());
    }
    PrefixBlocks blocks =
        ids.length == 0
            ? PrefixBlocks.NONE
            : new PrefixBlocks(ids, blockTokens, told.idsOfSession());
    String session = value(told.session(), values, names);
    return new CsvHistory(new RequestHistory(blocks, session, delayNanos), null);
  }

  private static CsvHistory wrong(BrokenLine line) {
    return new CsvHistory(RequestHistory.NONE, line);
  }

  /** Empty if there is no such column. */
  private static String value(String name, List<String> values, List<String> names) {
    int column = name == null ? -1 : names.indexOf(name);
    return column < 0 ? "" : values.get(column).strip();
  }

  private static long[] ids(String text) {
    if (text.isEmpty()) {
      return new long[0];
    }
    if (!text.startsWith("[") || !text.endsWith("]") || text.length() < 2) {
      throw new NumberFormatException("no list: " + text);
    }
    String inner = text.substring(1, text.length() - 1).strip();
    return inner.isEmpty()
        ? new long[0]
        : Arrays.stream(inner.split(",", -1))
            .map(String::strip)
            .mapToLong(Long::parseLong)
            .toArray();
  }
}
