package io.headroom.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionInterruptedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class HostProbeTest {
  /** Other work on the machine slows some trials down. */
  private static final double LEAST_GAIN = 0.8;

  @Test
  void peaksArePositiveAndMeasuredOnce() {
    HostProbe.Peaks peaks = HostProbe.peaks(1);

    assertThat(peaks.gflops()).isPositive().isFinite();
    assertThat(peaks.streamGigabytesPerSecond()).isPositive().isFinite();
    assertThat(HostProbe.peaks(1)).isSameAs(peaks);
  }

  @Test
  void twoThreadsReachAtLeastWhatOneDoes() {
    HostProbe.Peaks one = HostProbe.peaks(1);
    HostProbe.Peaks two = HostProbe.peaks(2);

    assertThat(two.gflops()).isGreaterThan(LEAST_GAIN * one.gflops());
    assertThat(two.streamGigabytesPerSecond())
        .isGreaterThan(LEAST_GAIN * one.streamGigabytesPerSecond());
  }

  @Test
  void measuringAnewLeavesThePeaksOfTheProcess() {
    HostProbe.Peaks peaks = HostProbe.peaks(1);

    HostProbe.Peaks now = HostProbe.measure(1);

    assertThat(now).isNotSameAs(peaks);
    assertThat(now.gflops()).isPositive().isFinite();
    assertThat(HostProbe.peaks(1)).isSameAs(peaks);
  }

  @Test
  void anInterruptEndsItAndNothingGoesOn() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> HostProbe.measure(2))
        .isInstanceOf(AttentionInterruptedException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(Thread.getAllStackTraces().values())
        .allSatisfy(
            stack ->
                assertThat(stack)
                    .noneMatch(
                        frame -> frame.getClassName().startsWith(HostLoops.class.getName())));
  }

  @Test
  void threadsAreAtLeastOne() {
    assertThatThrownBy(() -> HostProbe.peaks(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at least 1: 0");
  }
}
