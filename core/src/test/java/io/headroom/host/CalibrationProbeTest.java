package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class CalibrationProbeTest {
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final long WORK = 100 * NANOS_PER_MILLI;
  private static final double PRECISION = 1e-9;

  @Test
  void aloneItDoesWhatItCan() {
    assertThat(rate(run -> 1)).isCloseTo(100, within(PRECISION));
    assertThat(rate(run -> 20)).isCloseTo(5, within(PRECISION));
  }

  @Test
  void oneInterruptionDoesNotMatter() {
    assertThat(rate(run -> run == 7 ? 30 : 1)).isCloseTo(100, within(PRECISION));
  }

  /** Half of the runs are as fast as alone: two milliseconds of work, three of somebody else's. */
  @Test
  void aNeighbourWhoTakesTurnsDoes() {
    assertThat(rate(run -> run % 2 == 0 ? 4 : 1)).isCloseTo(40, within(PRECISION));
  }

  @Test
  void theFirstRunIsNotCounted() {
    assertThat(rate(run -> run == 0 ? 1_000 : 1)).isCloseTo(100, within(PRECISION));
  }

  /** The rate of a loop whose runs, from 0, take so many milliseconds by the clock. */
  private static double rate(IntUnaryOperator millis) {
    long[] nowNanos = {0};
    int[] run = {0};
    return CalibrationProbe.rate(
        () -> {
          nowNanos[0] += (long) millis.applyAsInt(run[0]++) * NANOS_PER_MILLI;
          return WORK;
        },
        () -> nowNanos[0]);
  }
}
