package io.headroom.jobs.sweep.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MadeUpRows;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Waves are committed whole, once, and in order. */
class WaveCommitterTest {
  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
  private static final int MOST_ROWS_A_WAVE = 4096;
  private static final double WAVE_NANOS = 1000;

  /** A wave that was committed. */
  private record Committed(int wave, List<Integer> sequences) {}

  private final List<Committed> committed = Collections.synchronizedList(new ArrayList<>());
  private long now;

  private void commit(int wave, List<MeasuredRow> rows) {
    assertThat(rows).allMatch(row -> row.driver().wave() == wave);
    committed.add(new Committed(wave, rows.stream().map(row -> row.sequence().id()).toList()));
  }

  @Test
  void enoughWorkForAllSlotsClosesAWave() {
    try (WaveCommitter committer = committer(this::commit)) {
      committer.add(rows(1, 2), 900, 2);
      committer.add(rows(3), 1000, 2);
      committer.add(rows(4), 99, 2);
      committer.add(rows(5), 2000, 2);
      committer.add(rows(6), 2000, 2);
      assertThat(committer.nextWave()).isEqualTo(7);
      committer.finish();
    }

    assertThat(committed)
        .containsExactly(new Committed(5, List.of(1, 2, 3, 4, 5)), new Committed(6, List.of(6)));
  }

  @Test
  void ageClosesAWave() {
    try (WaveCommitter committer = committer(this::commit)) {
      assertThat(committer.nanosLeft()).isEqualTo(Long.MAX_VALUE);
      now = 5000;
      committer.closeIfDue();
      assertThat(committer.nextWave()).isEqualTo(5);
      committer.add(rows(1), 10, 2);
      now = 5999;
      committer.add(rows(2), 10, 2);
      assertThat(committer.nanosLeft()).isEqualTo(1);
      committer.closeIfDue();
      assertThat(committer.nextWave()).isEqualTo(5);
      now = 6000;
      committer.closeIfDue();
      assertThat(committer.nextWave()).isEqualTo(6);
      committer.finish();
    }

    assertThat(committed).containsExactly(new Committed(5, List.of(1, 2)));
  }

  @Test
  void theFirstWaveMayBeShorter() {
    try (WaveCommitter committer =
        new WaveCommitter(this::commit, 5, WAVE_NANOS / 10, WAVE_NANOS, () -> now)) {
      committer.add(rows(1), 10, 1);
      assertThat(committer.nanosLeft()).isEqualTo(100);
      committer.add(rows(2), 90, 1);
      committer.add(rows(3), 100, 1);
      assertThat(committer.nanosLeft()).isEqualTo(1000);
      committer.finish();
    }

    assertThat(committed)
        .containsExactly(new Committed(5, List.of(1, 2)), new Committed(6, List.of(3)));
  }

  @Test
  void manyRowsCloseAWave() {
    List<MeasuredRow> rows = rows(IntStream.range(0, MOST_ROWS_A_WAVE - 1).toArray());
    try (WaveCommitter committer = committer(this::commit)) {
      committer.add(rows, 1, 1);
      assertThat(committer.nextWave()).isEqualTo(5);
      committer.add(rows(9999), 1, 1);
      assertThat(committer.nextWave()).isEqualTo(6);
      committer.finish();
    }

    assertThat(committed)
        .singleElement()
        .satisfies(wave -> assertThat(wave.sequences()).hasSize(MOST_ROWS_A_WAVE));
  }

  @Test
  void nothingIsCommittedWhereNothingWasAdded() {
    try (WaveCommitter committer = committer(this::commit)) {
      committer.finish();
    }

    assertThat(committed).isEmpty();
  }

  /** Measuring goes on while a wave is written, but only so far. */
  @Test
  void wavesAreWrittenInOrderWhileOthersAreAdded() throws InterruptedException {
    CountDownLatch mayWrite = new CountDownLatch(1);
    CountDownLatch thirdAdded = new CountDownLatch(1);
    WaveCommitter.Sink slow =
        (wave, rows) -> {
          awaitLatch(mayWrite);
          commit(wave, rows);
        };
    try (WaveCommitter committer = committer(slow)) {
      committer.add(rows(1), WAVE_NANOS, 1);
      committer.add(rows(2), WAVE_NANOS, 1);
      Thread third =
          new Thread(
              () -> {
                committer.add(rows(3), WAVE_NANOS, 1);
                thirdAdded.countDown();
              });
      third.start();
      assertThat(committed).isEmpty();
      assertThat(thirdAdded.getCount()).as("two waves wait already").isEqualTo(1);
      mayWrite.countDown();
      awaitLatch(thirdAdded);
      third.join();
      committer.finish();
    }

    assertThat(committed)
        .containsExactly(
            new Committed(5, List.of(1)),
            new Committed(6, List.of(2)),
            new Committed(7, List.of(3)));
  }

  @Test
  void whatCannotBeWrittenEndsTheSweepAsItIs() {
    WaveCommitter.Sink full =
        (wave, rows) -> {
          throw new UserException("no space left");
        };
    try (WaveCommitter committer = committer(full)) {
      committer.add(rows(1), 1, 1);

      assertThatExceptionOfType(UserException.class)
          .isThrownBy(committer::finish)
          .withMessage("no space left");
    }
  }

  private WaveCommitter committer(WaveCommitter.Sink sink) {
    return new WaveCommitter(sink, 5, WAVE_NANOS, WAVE_NANOS, () -> now);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<MeasuredRow> rows(int... sequenceIds) {
    return IntStream.of(sequenceIds)
        .mapToObj(id -> MadeUpRows.failed(CELL, new Sequence(id, 1, 0), "made up"))
        .toList();
  }
}
