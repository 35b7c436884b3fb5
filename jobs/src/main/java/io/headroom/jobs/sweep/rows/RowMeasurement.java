package io.headroom.jobs.sweep.rows;

import io.headroom.attention.OutputVerdict;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.measure.AttentionSpeed;
import io.headroom.measure.SequenceMeasurement;
import java.io.Serializable;

/**
 * What was measured on a sequence.
 *
 * @param engineDetail what the engine ran on, such as {@code panama-512-fma}
 * @param kvBytesAllocated what the caches of the measured layers hold; 0 without a cache
 * @param decode without samples where no token was decoded
 * @param steady whether both phases had settled
 * @param stealMillis null where the platform does not tell, as the next
 * @param verdict null where the output was not compared with the reference
 */
public record RowMeasurement(
    String engineDetail,
    long kvBytesAllocated,
    RowLatency prefill,
    RowLatency decode,
    int warmUpIterations,
    boolean steady,
    double cpuWallRatio,
    long gcMillis,
    long allocatedBytes,
    Long stealMillis,
    Long involuntarySwitches,
    AttentionSpeed speed,
    OutputVerdict verdict)
    implements Serializable {

  static RowMeasurement of(
      Cell cell, String engineDetail, SequenceMeasurement measured, AttentionSpeed speed) {
    return new RowMeasurement(
        engineDetail,
        cell.kvCache() ? measured.kvBytesAllocated() : 0,
        RowLatency.of(measured.prefill()),
        RowLatency.of(measured.decode()),
        measured.warmUpIterations(),
        measured.steady().both(),
        measured.usage().cpuWallRatio(cell.threads()),
        measured.usage().gcMillis(),
        measured.usage().allocatedBytes(),
        RowLatency.boxed(measured.disturbance().stealMillis()),
        RowLatency.boxed(measured.disturbance().involuntarySwitches()),
        speed,
        measured
            .outputError()
            .map(error -> OutputVerdict.of(error, cell.precision()))
            .orElse(null));
  }
}
