package io.headroom.jobs.sweep.rows;

import io.headroom.jobs.measurements.MeasurementTable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The columns of {@link MeasurementTable} that only the driver can fill. */
public final class DriverColumns {
  private static final int WAVE = MeasurementTable.SCHEMA.fieldIndex("wave");
  private static final int PREDICTED_NS = MeasurementTable.SCHEMA.fieldIndex("predicted_ns");

  private DriverColumns() {}

  /** The row with the wave in which it is committed. */
  public static Row withWave(Row row, int wave) {
    return with(row, WAVE, wave);
  }

  /** The row with the time that one pass was predicted to take. */
  public static Row withPredictedNanos(Row row, long nanos) {
    return with(row, PREDICTED_NS, nanos);
  }

  private static Row with(Row row, int column, Object value) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i == column ? value : row.get(i);
    }
    return RowFactory.create(values);
  }
}
