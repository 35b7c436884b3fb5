package io.headroom.jobs.sweep.schedule;

import io.headroom.UninterruptedWait;
import io.headroom.host.Ticker;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Commits rows in waves, in the order in which they came, from a thread of its own while others are
 * measured. A wave is closed when it is old enough, holds enough work or enough rows. Not more than
 * one closed wave waits for the one that is being written: whoever adds more waits.
 */
public final class WaveCommitter implements AutoCloseable {
  private static final int MOST_ROWS_A_WAVE = 4096;
  private static final int MOST_CLOSED_WAVES = 2;

  /** Writes a wave, so that its rows are all there or none. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param rows that know the number of the wave
     */
    void commit(int wave, List<MeasuredRow> rows);
  }

  private final Sink sink;
  private final double fullWaveNanos;
  private final Ticker ticker;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Deque<Future<?>> closed = new ArrayDeque<>();

  /** Of the committing thread: a wave was not written, so none behind it is. */
  private boolean failed;

  private double waveNanos;
  private List<MeasuredRow> open = new ArrayList<>();
  private int wave;
  private long openedNanos;
  private double workNanos;

  /**
   * @param firstWave number of the first wave
   * @param firstWaveNanos age after which the first wave is closed, and its work on one slot
   * @param waveNanos the same of all that follow
   */
  public WaveCommitter(
      Sink sink, int firstWave, double firstWaveNanos, double waveNanos, Ticker ticker) {
    this.sink = sink;
    this.wave = firstWave;
    this.fullWaveNanos = waveNanos;
    this.waveNanos = firstWaveNanos;
    this.ticker = ticker;
  }

  /**
   * Adds rows that were measured together; they are committed together.
   *
   * @param nanos time that measuring them took
   * @param slots how many packs are measured at once
   */
  void add(List<MeasuredRow> rows, double nanos, int slots) {
    if (open.isEmpty()) {
      openedNanos = ticker.nanos();
    }
    open.addAll(rows);
    workNanos += nanos;
    if (workNanos >= waveNanos * slots || open.size() >= MOST_ROWS_A_WAVE) {
      closeWave();
    }
  }

  /** Time until the open wave must be closed; the longest there is if none is open. */
  long nanosLeft() {
    if (open.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return (long) Math.max(0, waveNanos - (ticker.nanos() - openedNanos));
  }

  /** Closes the open wave if it is old enough. */
  void closeIfDue() {
    if (nanosLeft() == 0) {
      closeWave();
    }
  }

  /** The number of the wave that is open or comes next. */
  int nextWave() {
    return wave;
  }

  /**
   * Commits what is left, and returns when everything is written.
   *
   * @throws RuntimeException what the sink threw for any wave
   */
  void finish() {
    if (!open.isEmpty()) {
      closeWave();
    }
    awaitAllBut(0);
  }

  /**
   * Returns when the waves that are closed are written, or none of them is any more after one that
   * could not be; drops the open one.
   */
  @Override
  public void close() {
    thread.shutdown();
    UninterruptedWait.forEndOf(thread);
  }

  private void closeWave() {
    int number = wave++;
    List<MeasuredRow> rows = open.stream().map(row -> row.withWave(number)).toList();
    open = new ArrayList<>();
    workNanos = 0;
    waveNanos = fullWaveNanos;
    awaitAllBut(MOST_CLOSED_WAVES - 1);
    closed.add(thread.submit(() -> commit(number, rows)));
  }

  private void commit(int number, List<MeasuredRow> rows) {
    if (failed) {
      return;
    }
    failed = true;
    sink.commit(number, rows);
    failed = false;
  }

  private void awaitAllBut(int most) {
    while (closed.size() > most) {
      await(closed.remove());
    }
  }

  private static void await(Future<?> commit) {
    try {
      commit.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a wave was committed", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a wave was not committed", e.getCause());
    }
  }
}
