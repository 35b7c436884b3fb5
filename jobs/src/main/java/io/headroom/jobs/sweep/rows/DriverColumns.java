package io.headroom.jobs.sweep.rows;

import java.io.Serializable;

/**
 * What only the driver can tell of a row; null until it does.
 *
 * @param wave in which the row is committed
 * @param predictedNanos time that one pass, prefill and all output tokens, was predicted to take
 */
public record DriverColumns(Integer wave, Long predictedNanos) implements Serializable {
  static final DriverColumns UNKNOWN = new DriverColumns(null, null);

  DriverColumns withWave(int other) {
    return new DriverColumns(other, predictedNanos);
  }

  DriverColumns withPredictedNanos(long nanos) {
    return new DriverColumns(wave, nanos);
  }
}
