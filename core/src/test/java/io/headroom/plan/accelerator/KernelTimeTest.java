package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelTimeTest {
  @Test
  void aBandReachesAsManyTimesDownAsUp() {
    KernelTime time = new KernelTime(10, 1, TimeBasis.MEASURED);

    assertThat(time.isWithin(19.9)).isTrue();
    assertThat(time.isWithin(20.1)).isFalse();
    assertThat(time.isWithin(5.1)).isTrue();
    assertThat(time.isWithin(4.9)).isFalse();
  }
}
