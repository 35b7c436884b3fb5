package io.headroom.jobs.sweep.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headroom.host.Calibration;
import io.headroom.host.Calibrator;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MadeUpRows;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CalibratedShardTest {
  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  /** What the host gives at each calibration, in turn, as a share of 100 GFLOP/s. */
  private final Deque<Double> speeds = new ArrayDeque<>();

  private final List<List<Integer>> measured = new ArrayList<>();
  private final Set<Integer> broken = new TreeSet<>();
  private final Set<Integer> wrong = new TreeSet<>();
  private long nowNanos;
  private int attempts;

  @Test
  void aQuietShardIsMeasuredOnce() {
    speeds.addAll(List.of(1.0, 1.05));

    List<MeasuredRow> rows = measure(2, 0, 1, 2);

    assertThat(measured).containsExactly(List.of(0, 1, 2));
    assertThat(rows)
        .hasSize(3)
        .allSatisfy(
            row -> {
              assertThat(value(row, "calibration_gflops")).isEqualTo(100.0);
              assertThat(value(row, "calibration_gbps")).isEqualTo(40.0);
              assertThat((double) value(row, "calibration_drift")).isCloseTo(0.05, within(1e-12));
              assertThat(value(row, "noisy")).isEqualTo(false);
              assertThat(value(row, "measuring_attempt")).isEqualTo(1);
            });
  }

  @Test
  void aNoisyShardIsMeasuredAgainUntilItIsQuiet() {
    speeds.addAll(List.of(1.0, 0.5, 0.51, 0.51));

    List<MeasuredRow> rows = measure(2, 0, 1);

    assertThat(measured).containsExactly(List.of(0, 1), List.of(0, 1));
    assertThat(rows)
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(value(row, "prefill_ns")).isEqualTo(2L);
              assertThat(value(row, "calibration_gflops")).isEqualTo(51.0);
              assertThat(value(row, "calibration_drift")).isEqualTo(0.0);
              assertThat(value(row, "noisy")).isEqualTo(false);
              assertThat(value(row, "measuring_attempt")).isEqualTo(2);
            });
  }

  @Test
  void ofAttemptsThatAreAllNoisyTheQuietestIsKept() {
    speeds.addAll(List.of(1.0, 0.5, 1.0, 0.8, 1.0, 0.7));

    List<MeasuredRow> rows = measure(2, 0, 1);

    assertThat(measured).hasSize(3);
    assertThat(rows)
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(value(row, "prefill_ns")).isEqualTo(2L);
              assertThat((double) value(row, "calibration_drift")).isCloseTo(0.2, within(1e-12));
              assertThat(value(row, "noisy")).isEqualTo(true);
              assertThat(value(row, "measuring_attempt")).isEqualTo(2);
            });
  }

  @Test
  void withoutRepeatsItIsMarkedAndLeft() {
    speeds.addAll(List.of(1.0, 1.2));

    List<MeasuredRow> rows = measure(0, 4);

    assertThat(measured).hasSize(1);
    assertThat(value(rows.get(0), "noisy")).isEqualTo(true);
    assertThat(value(rows.get(0), "measuring_attempt")).isEqualTo(1);
  }

  @Test
  void failedRowsAreNoReasonAndAreNotMeasuredAgain() {
    broken.add(1);
    wrong.add(2);
    speeds.addAll(List.of(1.0, 0.5, 1.0, 1.0));

    List<MeasuredRow> rows = measure(2, 0, 1, 2, 3);

    assertThat(measured).containsExactly(List.of(0, 1, 2, 3), List.of(0, 3));
    assertThat(rows).hasSize(4);
    assertThat(value(row(rows, 0), "measuring_attempt")).isEqualTo(2);
    assertThat(value(row(rows, 3), "noisy")).isEqualTo(false);
    assertThat(value(row(rows, 2), "status")).isEqualTo("failed");
    assertThat(value(row(rows, 2), "noisy")).isEqualTo(true);
    assertThat(value(row(rows, 2), "measuring_attempt")).isEqualTo(1);
    assertThat(value(row(rows, 1), "status")).isEqualTo("failed");
    assertThat(value(row(rows, 1), "noisy")).isNull();
    assertThat(value(row(rows, 1), "measuring_attempt")).isNull();
  }

  @Test
  void whatCannotBeMeasuredIsTriedOnce() {
    broken.addAll(List.of(0, 1));
    speeds.addAll(List.of(1.0));

    List<MeasuredRow> rows = measure(2, 0, 1);

    assertThat(measured).containsExactly(List.of(0, 1));
    assertThat(rows)
        .hasSize(2)
        .allSatisfy(row -> assertThat(value(row, "calibration_gflops")).isNull());
  }

  @Test
  void aWrongOutputAloneIsMeasuredOnce() {
    wrong.add(0);
    speeds.addAll(List.of(1.0, 0.5));

    List<MeasuredRow> rows = measure(2, 0);

    assertThat(measured).hasSize(1);
    assertThat(value(rows.get(0), "noisy")).isEqualTo(true);
  }

  /** An attempt that loses a row is no better, however quiet it was. */
  @Test
  void aRowIsNotGivenUpForQuiet() {
    speeds.addAll(List.of(1.0, 0.5, 1.0, 1.0));
    CalibratedShard calibrated =
        calibrated(
            shard -> {
              if (!measured.isEmpty()) {
                broken.add(0);
              }
              return rows(shard);
            });

    List<MeasuredRow> rows = calibrated.measure(shard(1, 0, 1));

    assertThat(rows).hasSize(2).allSatisfy(row -> assertThat(value(row, "status")).isEqualTo("ok"));
    assertThat(rows).allSatisfy(row -> assertThat(value(row, "measuring_attempt")).isEqualTo(1));
  }

  @Test
  void theEndOfOneShardIsTheBeginningOfTheNext() {
    speeds.addAll(List.of(1.0, 0.99, 0.98));
    Calibrator calibrator = new Calibrator(threads -> next(), () -> 0);
    CalibratedShard calibrated =
        new CalibratedShard(calibrator, this::rows, CalibratedShardTest::failed);

    calibrated.measure(shard(2, 0));
    List<MeasuredRow> second = calibrated.measure(shard(2, 1));

    assertThat(speeds).isEmpty();
    assertThat((double) value(second.get(0), "calibration_gflops")).isCloseTo(99, within(1e-9));
  }

  @Test
  void withoutCalibrationItsRowsFail() {
    CalibratedShard calibrated =
        new CalibratedShard(
            new Calibrator(
                threads -> {
                  throw new OutOfMemoryError("Java heap space");
                },
                () -> 0),
            this::rows,
            CalibratedShardTest::failed);

    List<MeasuredRow> rows = calibrated.measure(shard(2, 0, 1));

    assertThat(measured).isEmpty();
    assertThat(rows)
        .hasSize(2)
        .allSatisfy(
            row ->
                assertThat(value(row, "reason"))
                    .isEqualTo(
                        "the host could not be calibrated: java.lang.OutOfMemoryError: Java heap"
                            + " space"));
  }

  @Test
  void whatMeasuringThrowsIsNotItsMatter() {
    speeds.add(1.0);
    CalibratedShard calibrated =
        calibrated(
            shard -> {
              throw new IllegalStateException("stopped");
            });

    assertThatThrownBy(() -> calibrated.measure(shard(2, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stopped");
  }

  private List<MeasuredRow> measure(int noisyRepeats, int... ids) {
    return calibrated(this::rows).measure(shard(noisyRepeats, ids));
  }

  private CalibratedShard calibrated(Function<Shard, List<MeasuredRow>> measuring) {
    // An hour between any two looks at the clock: no calibration is recent.
    Calibrator calibrator = new Calibrator(threads -> next(), () -> nowNanos += HOUR_NANOS);
    return new CalibratedShard(calibrator, measuring, CalibratedShardTest::failed);
  }

  private Calibration next() {
    return new Calibration(100 * speeds.remove(), 40);
  }

  /** The number of the attempt is the duration of its prefills. */
  private List<MeasuredRow> rows(Shard shard) {
    attempts++;
    measured.add(shard.sequences().stream().map(Sequence::id).toList());
    return shard.sequences().stream().map(this::row).toList();
  }

  private MeasuredRow row(Sequence sequence) {
    if (broken.contains(sequence.id())) {
      return MadeUpRows.failed(CELL, sequence, "broken");
    }
    return wrong.contains(sequence.id())
        ? MadeUpRows.wrong(CELL, sequence, attempts)
        : MadeUpRows.measured(CELL, sequence, attempts, null);
  }

  private static List<MeasuredRow> failed(Shard shard, String reason) {
    return shard.sequences().stream()
        .map(sequence -> MadeUpRows.failed(CELL, sequence, reason))
        .toList();
  }

  private static Shard shard(int noisyRepeats, int... ids) {
    List<Sequence> sequences = Arrays.stream(ids).mapToObj(id -> new Sequence(id, 4, 1)).toList();
    MeasureSettings measure = new MeasureSettings("run", 1, 0, 1, 0, noisyRepeats, Long.MAX_VALUE);
    return new Shard(CELL, CellIds.current().of(CELL), sequences, measure, 1);
  }

  private static MeasuredRow row(List<MeasuredRow> rows, int id) {
    return rows.stream()
        .filter(row -> value(row, "sequence_id").equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Object value(MeasuredRow row, String column) {
    return MadeUpRows.value(row, column);
  }
}
