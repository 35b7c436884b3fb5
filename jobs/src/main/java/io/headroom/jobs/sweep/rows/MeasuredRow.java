package io.headroom.jobs.sweep.rows;

import io.headroom.jobs.measurements.Status;
import java.io.Serializable;

/**
 * A row of the measurements before it is committed: {@link SparkRows} makes it one of Spark. {@link
 * MeasurementRows} makes them.
 *
 * @param sequence null where the configuration cannot be a cell, and so meets no sequence
 * @param measurement null where nothing could be measured
 * @param calibration null where nothing was measured, and until the shard has ended
 */
public record MeasuredRow(
    RowOrigin origin,
    RowConfiguration configuration,
    RowSequence sequence,
    RowMeasurement measurement,
    RowCalibration calibration,
    RowOutcome outcome,
    DriverColumns driver)
    implements Serializable {

  public boolean isMeasured() {
    return measurement != null;
  }

  public boolean isOk() {
    return outcome.status() == Status.OK;
  }

  /** The row with how quiet the host was around it. */
  public MeasuredRow with(RowCalibration other) {
    return new MeasuredRow(origin, configuration, sequence, measurement, other, outcome, driver);
  }

  /** The row with the wave in which it is committed. */
  public MeasuredRow withWave(int wave) {
    return with(driver.withWave(wave));
  }

  /** The row with the time that one pass was predicted to take. */
  public MeasuredRow withPredictedNanos(long nanos) {
    return with(driver.withPredictedNanos(nanos));
  }

  private MeasuredRow with(DriverColumns other) {
    return new MeasuredRow(
        origin, configuration, sequence, measurement, calibration, outcome, other);
  }
}
