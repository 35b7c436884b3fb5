package io.headroom.jobs.sweep.settings;

import io.headroom.UserException;
import io.headroom.jobs.workload.SequenceSource;
import java.nio.file.Path;
import java.util.List;

/**
 * How large a sweep may be. It is judged by the lengths of the lists before anything is made of
 * them: a few lines can ask for more cells than any driver can name.
 */
public final class SweepSize {
  static final long MOST_CELLS = 100_000;
  static final long MOST_ROWS = 10_000_000;

  private SweepSize() {}

  /**
   * @param file where the settings come from, for messages
   * @throws UserException if there are too many cells, or rows as far as they are known without
   *     reading a trace
   */
  static void requirePossible(Path file, SweepSettings settings) {
    requirePossible(file.toString(), settings, sequences(settings.sequences()));
  }

  /**
   * @param file where the settings or the sequences come from, for messages
   * @throws UserException if there are too many cells, or too many rows for so many sequences
   */
  public static void requirePossible(String file, SweepSettings settings, long sequences) {
    long cells = cells(settings);
    if (cells > MOST_CELLS) {
      throw new UserException(
          "%s: sweep: its lists make %s cells; allowed: at most %d"
              .formatted(file, shown(cells), MOST_CELLS));
    }
    if (cells * sequences > MOST_ROWS) {
      throw new UserException(
          "%s: sweep: %d cells on %d sequences make %d rows; allowed: at most %d; sequences.count or sequences.sample may be smaller"
              .formatted(file, cells, sequences, cells * sequences, MOST_ROWS));
    }
  }

  /** As many as all lists could make; {@link Long#MAX_VALUE} for all that are more. */
  static long cells(SweepSettings settings) {
    long cells = 1;
    for (List<?> list : settings.axes()) {
      if (cells > Long.MAX_VALUE / list.size()) {
        return Long.MAX_VALUE;
      }
      cells *= list.size();
    }
    return cells;
  }

  private static String shown(long cells) {
    return cells == Long.MAX_VALUE ? "more than 2^63" : Long.toString(cells);
  }

  /** At least 1, where a trace is not read yet. */
  private static long sequences(SequenceSource source) {
    if (source instanceof SequenceSource.Listed listed) {
      return (long) listed.lengths().lengths().size() * listed.lengths().count();
    }
    if (source instanceof SequenceSource.Drawn drawn) {
      return drawn.count();
    }
    return 1;
  }
}
