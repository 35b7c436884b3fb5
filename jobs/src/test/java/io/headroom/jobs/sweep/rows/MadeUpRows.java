package io.headroom.jobs.sweep.rows;

import io.headroom.attention.OutputError;
import io.headroom.attention.OutputVerdict;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.AttentionSpeed;
import java.time.Instant;

/** Rows that a test makes up, with the times that it needs. */
public final class MadeUpRows {
  public static final RowOrigin ORIGIN = new RowOrigin("run", 0, 0, 0, "0", "host", Instant.EPOCH);

  private MadeUpRows() {}

  /**
   * A measured row.
   *
   * @param decodeNanosMean null where no token was decoded
   */
  public static MeasuredRow measured(
      Cell cell, Sequence sequence, long prefillNanos, Double decodeNanosMean) {
    return measured(cell, sequence, prefillNanos, decodeNanosMean, null);
  }

  /** A row that was measured though its output was wrong. */
  public static MeasuredRow wrong(Cell cell, Sequence sequence, long prefillNanos) {
    OutputVerdict verdict = OutputVerdict.of(new OutputError(9, 9), cell.precision());
    return measured(cell, sequence, prefillNanos, null, verdict);
  }

  public static MeasuredRow failed(Cell cell, Sequence sequence, String reason) {
    return MeasurementRows.notMeasured(
        ORIGIN, cell, CellIds.current().of(cell), sequence, Status.FAILED, reason);
  }

  /** What the row has in a column of {@link MeasurementTable}. */
  public static Object value(MeasuredRow row, String column) {
    return SparkRows.of(row).get(MeasurementTable.SCHEMA.fieldIndex(column));
  }

  private static MeasuredRow measured(
      Cell cell,
      Sequence sequence,
      long prefillNanos,
      Double decodeNanosMean,
      OutputVerdict verdict) {
    RowMeasurement measurement =
        new RowMeasurement(
            "made-up",
            0,
            new RowLatency(1, prefillNanos, null, null, null, null, null, null, null),
            new RowLatency(1, null, null, null, null, null, decodeNanosMean, null, null),
            0,
            true,
            1,
            0,
            0,
            null,
            null,
            new AttentionSpeed(1, 1, 1, 1),
            verdict);
    return new MeasuredRow(
        ORIGIN,
        RowConfiguration.of(cell, CellIds.current().of(cell), sequence.totalTokens()),
        RowSequence.of(cell, sequence),
        measurement,
        null,
        RowOutcome.of(verdict),
        DriverColumns.UNKNOWN);
  }
}
