package io.headroom.jobs.sweep.rows;

import io.headroom.host.HostProbe;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.UnbuildableCell;
import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.AttentionSpeed;
import io.headroom.measure.SequenceMeasurement;
import io.headroom.model.LayerSpec;
import java.util.List;
import java.util.OptionalLong;

/** Makes rows from cells, sequences and what was measured. */
public final class MeasurementRows {
  private MeasurementRows() {}

  /**
   * The row of a sequence that was measured: failed if its output was compared and is wrong.
   *
   * @param peaks of the host, on the cell's threads
   */
  public static MeasuredRow measured(
      RowOrigin origin,
      Cell cell,
      String cellId,
      Sequence sequence,
      String engineDetail,
      SequenceMeasurement measured,
      HostProbe.Peaks peaks) {
    RowMeasurement measurement =
        RowMeasurement.of(cell, engineDetail, measured, speed(cell, sequence, measured, peaks));
    return row(origin, cell, cellId, sequence, measurement, RowOutcome.of(measurement.verdict()));
  }

  /**
   * The row of a sequence that could not be measured.
   *
   * @param reason one line
   */
  public static MeasuredRow notMeasured(
      RowOrigin origin, Cell cell, String cellId, Sequence sequence, Status status, String reason) {
    return row(origin, cell, cellId, sequence, null, new RowOutcome(status, reason));
  }

  /** The one row of a configuration that cannot be a cell, without a sequence. */
  public static MeasuredRow unbuildable(RowOrigin origin, UnbuildableCell unbuildable) {
    RowConfiguration nearest =
        RowConfiguration.of(unbuildable.cell(), unbuildable.id(), Cell.MANY_TOKENS);
    RowConfiguration asked =
        unbuildable
            .impossibleHeads()
            .map(count -> nearest.withImpossibleKvHeads(count.heads()))
            .orElse(nearest);
    RowOutcome outcome = new RowOutcome(Status.UNSUPPORTED, unbuildable.reason());
    return new MeasuredRow(origin, asked, null, null, null, outcome, DriverColumns.UNKNOWN);
  }

  private static MeasuredRow row(
      RowOrigin origin,
      Cell cell,
      String cellId,
      Sequence sequence,
      RowMeasurement measurement,
      RowOutcome outcome) {
    return new MeasuredRow(
        origin,
        RowConfiguration.of(cell, cellId, sequence.totalTokens()),
        RowSequence.of(cell, sequence),
        measurement,
        null,
        outcome,
        DriverColumns.UNKNOWN);
  }

  private static AttentionSpeed speed(
      Cell cell, Sequence sequence, SequenceMeasurement measured, HostProbe.Peaks peaks) {
    List<LayerSpec> layers = cell.measuredLayers(sequence.totalTokens());
    long context = AttentionSpeed.contextTokens(sequence.promptTokens(), sequence.outputTokens());
    long bytes = layers.stream().mapToLong(layer -> layer.kvBytes(context, cell.precision())).sum();
    return AttentionSpeed.of(
        measured.prefill(),
        measured.decode(),
        AttentionSpeed.prefillFlops(
            layers.stream().map(LayerSpec::attention).toList(), sequence.promptTokens()),
        cell.kvCache() ? OptionalLong.of(bytes) : OptionalLong.empty(),
        peaks);
  }
}
