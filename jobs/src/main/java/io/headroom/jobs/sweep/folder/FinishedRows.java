package io.headroom.jobs.sweep.folder;

import io.headroom.UserException;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.CellPlan;
import io.headroom.jobs.sweep.cells.UnbuildableCell;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What earlier runs of a sweep left behind.
 *
 * @param sequences by cell those that need no measuring
 * @param failed rows that are to be measured again, and the file that holds each
 * @param lastWave the highest wave; 0 without rows
 */
public record FinishedRows(Map<String, BitSet> sequences, Map<Key, String> failed, int lastWave) {
  static final FinishedRows NONE = new FinishedRows(Map.of(), Map.of(), 0);

  /** The columns that are read. */
  static final String[] COLUMNS = {"cell_id", "sequence_id", "wave", "status"};

  /** Stands for the sequence of a cell that cannot be built, which has none and one row. */
  private static final int NO_SEQUENCE = 0;

  /** What there is one row of. */
  record Key(String cellId, int sequenceId) {

    static Key of(MeasuredRow row) {
      return new Key(
          row.configuration().cellId(), row.sequence() == null ? NO_SEQUENCE : row.sequence().id());
    }
  }

  /**
   * @param rows the {@link #COLUMNS} and the name of the file that holds each row
   * @param planned sequences of the workload
   * @param retryFailed whether failed rows are to be measured again
   * @param shownFile what a file of that name is called in a message
   * @throws UserException if a row is not of this plan, or is there twice
   */
  static FinishedRows read(
      Dataset<Row> rows,
      CellPlan plan,
      int planned,
      boolean retryFailed,
      UnaryOperator<String> shownFile) {
    Reader reader = new Reader(plan, planned, retryFailed, shownFile);
    for (Row row : (Iterable<Row>) rows::toLocalIterator) {
      reader.add(row);
    }
    return new FinishedRows(reader.sequences, reader.failed, reader.lastWave);
  }

  /** Those that are to be measured again too. */
  public long rows() {
    return failed.size() + sequences.values().stream().mapToLong(BitSet::cardinality).sum();
  }

  /** Whether the sequence needs no measuring on the cell. */
  public boolean contains(String cellId, int sequenceId) {
    BitSet finished = sequences.get(cellId);
    return finished != null && finished.get(sequenceId);
  }

  /** Whether there is any row of the cell. */
  public boolean containsCell(String cellId) {
    return sequences.containsKey(cellId);
  }

  private static final class Reader {
    private final Map<String, BitSet> sequences = new LinkedHashMap<>();
    private final Map<Key, String> failed = new HashMap<>();
    private final CellPlan plan;
    private final Set<String> unbuildable;
    private final int planned;
    private final boolean retryFailed;
    private final UnaryOperator<String> shownFile;
    private int lastWave;

    Reader(CellPlan plan, int planned, boolean retryFailed, UnaryOperator<String> shownFile) {
      this.plan = plan;
      this.unbuildable =
          plan.unbuildable().stream().map(UnbuildableCell::id).collect(Collectors.toSet());
      this.planned = planned;
      this.retryFailed = retryFailed;
      this.shownFile = shownFile;
    }

    void add(Row row) {
      String cellId = row.getString(0);
      Optional<Integer> sequence = row.isNullAt(1) ? Optional.empty() : Optional.of(row.getInt(1));
      String file = row.getString(COLUMNS.length);
      requirePlanned(cellId, sequence, row, file);
      Key key = new Key(cellId, sequence.orElse(NO_SEQUENCE));
      BitSet finished = sequences.computeIfAbsent(cellId, id -> new BitSet());
      if (finished.get(key.sequenceId()) || failed.containsKey(key)) {
        throw new UserException(
            "%s: holds %s, which is in another file too; remove one of the two"
                .formatted(shownFile.apply(file), shown(cellId, sequence)));
      }
      if (retryFailed && Status.FAILED.label().equals(row.getString(3))) {
        failed.put(key, file);
      } else {
        finished.set(key.sequenceId());
      }
      lastWave = Math.max(lastWave, row.getInt(2));
    }

    private void requirePlanned(String cellId, Optional<Integer> sequence, Row row, String file) {
      boolean isPlanned =
          !row.isNullAt(2)
              && (sequence.isPresent()
                  ? plan.cells().containsKey(cellId)
                      && sequence.get() >= 0
                      && sequence.get() < planned
                  : unbuildable.contains(cellId));
      if (!isPlanned) {
        throw new UserException(
            "%s: holds %s, which this sweep does not have; remove the file"
                .formatted(shownFile.apply(file), shown(cellId, sequence)));
      }
    }

    private static String shown(String cellId, Optional<Integer> sequence) {
      return "cell %s, sequence %s".formatted(cellId, sequence.map(String::valueOf).orElse("none"));
    }
  }
}
