package io.headroom.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.jobs.measurements.Axis;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MadeUpRows;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.MeasurementRows;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each axis is part of a cell's id, so that a resumed sweep tells them apart, and of its rows. */
class AxesOfSweepsTest {
  private static final ModelSpec MODEL = Sweeps.qwen();
  private static final Sequence SEQUENCE = new Sequence(0, 40, 2);

  @ParameterizedTest
  @EnumSource(Axis.class)
  void cellsThatDifferInOneAxisAreTwo(Axis axis) {
    Cell usual = Sweeps.cell(MODEL, KvPrecision.F32);
    Cell other = other(axis);

    assertThat(CellIds.current().of(other)).isNotEqualTo(CellIds.current().of(usual));
    assertThat(axis.columns())
        .anySatisfy(
            column ->
                assertThat(MadeUpRows.value(row(other), column))
                    .isNotEqualTo(MadeUpRows.value(row(usual), column)));
    assertThat(MeasurementTable.SCHEMA.fieldNames()).containsAll(axis.columns());
  }

  /** One that differs from the usual in this axis, or in what it follows from. */
  private static Cell other(Axis axis) {
    return switch (axis) {
      case MODEL -> Sweeps.cell(Sweeps.tinyLlama(), KvPrecision.F32);
      case VARIANT -> Sweeps.cell(MODEL.asMqa(), KvPrecision.F32);
      case KV_HEADS -> Sweeps.cell(MODEL.withKvHeads(7), KvPrecision.F32);
      case KV_PRECISION -> Sweeps.cell(MODEL, KvPrecision.INT8);
      case KV_CACHE -> cell(false, "vector", 1, 1, 1);
      case WINDOW ->
          new Cell(
              MODEL.withWindow(8, 2),
              KvPrecision.F32,
              new Window(8, 2),
              true,
              "vector",
              1,
              1,
              1,
              1,
              42);
      case ENGINE -> cell(true, "nd4j", 1, 1, 1);
      case THREADS -> cell(true, "vector", 2, 1, 1);
      case CONTENTION -> cell(true, "vector", 1, 2, 1);
      case CONTEXT_SHARDS -> cell(true, "vector", 1, 1, 2);
    };
  }

  private static Cell cell(boolean cache, String engine, int threads, int contention, int shards) {
    return new Cell(
        MODEL, KvPrecision.F32, Window.NONE, cache, engine, threads, contention, shards, 1, 42);
  }

  private static MeasuredRow row(Cell cell) {
    return MeasurementRows.notMeasured(
        MadeUpRows.ORIGIN, cell, CellIds.current().of(cell), SEQUENCE, Status.FAILED, "made up");
  }
}
