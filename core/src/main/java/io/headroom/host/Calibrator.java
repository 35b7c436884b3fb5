package io.headroom.host;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * Takes calibrations, and remembers the last one: where one measurement follows another at once,
 * the end of the first is the beginning of the second.
 */
public final class Calibrator {
  /** A calibration of so short a time ago still tells how the host is. */
  static final long RECENT_NANOS = 100_000_000;

  private final IntFunction<Calibration> probe;
  private final Ticker ticker;
  private final Map<Integer, Taken> lastByThreads = new ConcurrentHashMap<>();

  private record Taken(Calibration calibration, long atNanos) {}

  /** Calibrates this host, in about 50 ms; the first time in about a second more. */
  public Calibrator() {
    this(CalibrationProbe::measure, Ticker.system());
  }

  /**
   * @param probe calibrates on so many threads
   */
  public Calibrator(IntFunction<Calibration> probe, Ticker ticker) {
    this.probe = probe;
    this.ticker = ticker;
  }

  /**
   * The last calibration on so many threads if it is less than 100 ms old, otherwise a new one.
   *
   * @throws IllegalStateException as {@link #calibrate}
   */
  public Calibration recent(int threads) {
    Taken last = lastByThreads.get(threads);
    if (last != null && ticker.nanos() - last.atNanos() < RECENT_NANOS) {
      return last.calibration();
    }
    return calibrate(threads);
  }

  /**
   * A new calibration.
   *
   * @param threads at least 1
   * @throws IllegalStateException if it fails
   * @throws io.headroom.attention.AttentionInterruptedException if the calling thread is
   *     interrupted
   */
  public Calibration calibrate(int threads) {
    Calibration calibration = probe.apply(threads);
    lastByThreads.put(threads, new Taken(calibration, ticker.nanos()));
    return calibration;
  }
}
