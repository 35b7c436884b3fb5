package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class CalibratorTest {
  private final AtomicLong nowNanos = new AtomicLong(5);
  private final AtomicInteger taken = new AtomicInteger();
  private final Calibrator calibrator =
      new Calibrator(threads -> new Calibration(threads, taken.incrementAndGet()), nowNanos::get);

  @Test
  void theLastOneServesForAMoment() {
    Calibration last = calibrator.calibrate(1);

    nowNanos.addAndGet(Calibrator.RECENT_NANOS - 1);
    assertThat(calibrator.recent(1)).isSameAs(last);
    nowNanos.addAndGet(1);
    assertThat(calibrator.recent(1)).isEqualTo(new Calibration(1, 2));
    assertThat(calibrator.recent(1)).isEqualTo(new Calibration(1, 2));
  }

  @Test
  void askedForANewOneItTakesOne() {
    calibrator.calibrate(1);

    assertThat(calibrator.calibrate(1)).isEqualTo(new Calibration(1, 2));
    assertThat(calibrator.recent(1)).isEqualTo(new Calibration(1, 2));
  }

  @Test
  void otherThreadsAreAnotherMatter() {
    calibrator.calibrate(1);

    assertThat(calibrator.recent(2)).isEqualTo(new Calibration(2, 2));
    assertThat(calibrator.recent(1)).isEqualTo(new Calibration(1, 1));
  }

  @Test
  void driftIsTheLargerOfBothChanges() {
    Calibration before = new Calibration(200, 40);

    assertThat(before.driftTo(before)).isZero();
    assertThat(before.driftTo(new Calibration(190, 40))).isCloseTo(0.05, within(1e-12));
    assertThat(before.driftTo(new Calibration(190, 30))).isCloseTo(0.25, within(1e-12));
    assertThat(before.driftTo(new Calibration(240, 40))).isCloseTo(0.20, within(1e-12));
  }

  @Test
  void thisHostIsCalibrated() {
    for (int threads : new int[] {1, 2}) {
      HostProbe.Peaks peaks = HostProbe.peaks(threads);

      Calibration calibration = new Calibrator().calibrate(threads);

      assertThat(calibration.gflops()).isPositive().isFinite();
      assertThat(calibration.streamGigabytesPerSecond()).isPositive().isFinite();
      // Of the same loops: units and threads are the same, whatever the host does meanwhile.
      assertThat(calibration.gflops()).isLessThan(1000 * peaks.gflops());
      assertThat(calibration.streamGigabytesPerSecond())
          .isLessThan(1000 * peaks.streamGigabytesPerSecond());
    }
  }
}
