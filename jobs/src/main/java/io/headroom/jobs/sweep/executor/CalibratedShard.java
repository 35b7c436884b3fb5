package io.headroom.jobs.sweep.executor;

import io.headroom.host.Calibration;
import io.headroom.host.Calibrator;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.RowCalibration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Measures a shard between two calibrations of its host. If they differ by more than {@link
 * Calibration#MOST_QUIET_DRIFT} the host was noisy, and the sequences are measured again; the
 * attempt during which it moved least is kept. Rows that are not ok are no reason to measure again,
 * and are never measured again.
 */
final class CalibratedShard {
  private final Calibrator calibrator;
  private final Function<Shard, List<MeasuredRow>> measuring;
  private final BiFunction<Shard, String, List<MeasuredRow>> failing;

  /**
   * @param measuring measures each sequence of a shard once and makes its row
   * @param failing makes a failed row of each sequence, with a reason
   */
  CalibratedShard(
      Calibrator calibrator,
      Function<Shard, List<MeasuredRow>> measuring,
      BiFunction<Shard, String, List<MeasuredRow>> failing) {
    this.calibrator = calibrator;
    this.measuring = measuring;
    this.failing = failing;
  }

  /** One row a sequence. */
  List<MeasuredRow> measure(Shard shard) {
    try {
      return measureUntilQuiet(shard);
    } catch (CalibrationFailure e) {
      return failing.apply(shard, e.getMessage());
    }
  }

  private List<MeasuredRow> measureUntilQuiet(Shard shard) {
    Attempt first = attempt(shard, 1);
    Attempt kept = first.onlyOk();
    for (int again = 1; kept.isNoisy() && again <= shard.measure().noisyRepeats(); again++) {
      Attempt next = attempt(kept.sequencesOf(shard), again + 1);
      if (next.onlyOk().rows().size() == kept.rows().size() && next.drift() < kept.drift()) {
        kept = next;
      }
    }
    Map<Integer, MeasuredRow> rows = new LinkedHashMap<>();
    first.marked().forEach(row -> rows.put(row.sequence().id(), row));
    kept.marked().forEach(row -> rows.put(row.sequence().id(), row));
    return List.copyOf(rows.values());
  }

  private Attempt attempt(Shard shard, int number) {
    int threads = shard.cell().threads();
    Calibration before = calibrate(() -> calibrator.recent(threads));
    List<MeasuredRow> rows = measuring.apply(shard);
    if (rows.stream().noneMatch(MeasuredRow::isMeasured)) {
      return new Attempt(number, rows, before, 0);
    }
    Calibration after = calibrate(() -> calibrator.calibrate(threads));
    return new Attempt(number, rows, before, before.driftTo(after));
  }

  private static Calibration calibrate(Supplier<Calibration> calibration) {
    try {
      return calibration.get();
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new CalibrationFailure(e);
    }
  }

  /**
   * Rows that were measured one after the other.
   *
   * @param number from 1
   * @param drift of the host meanwhile, as a fraction
   */
  private record Attempt(int number, List<MeasuredRow> rows, Calibration before, double drift) {

    boolean isNoisy() {
      return !rows.isEmpty() && drift > Calibration.MOST_QUIET_DRIFT;
    }

    Attempt onlyOk() {
      return new Attempt(number, rows.stream().filter(MeasuredRow::isOk).toList(), before, drift);
    }

    Shard sequencesOf(Shard shard) {
      Set<Integer> ids = rows.stream().map(row -> row.sequence().id()).collect(Collectors.toSet());
      return shard.of(
          shard.sequences().stream().filter(sequence -> ids.contains(sequence.id())).toList());
    }

    List<MeasuredRow> marked() {
      RowCalibration calibration =
          new RowCalibration(
              before.gflops(), before.streamGigabytesPerSecond(), drift, isNoisy(), number);
      return rows.stream().map(row -> row.isMeasured() ? row.with(calibration) : row).toList();
    }
  }

  private static final class CalibrationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CalibrationFailure(Throwable cause) {
      super("the host could not be calibrated: " + cause, cause);
    }
  }
}
