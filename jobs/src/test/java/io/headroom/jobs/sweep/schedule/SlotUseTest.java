package io.headroom.jobs.sweep.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotUseTest {
  private static final long SECOND = 1_000_000_000;

  private long now = 77 * SECOND;

  @Test
  void slotsCountForAsLongAsTheyAreThere() {
    SlotUse use = new SlotUse(() -> now);
    now += 5 * SECOND;
    use.slots(2);
    now += 10 * SECOND;
    use.measured(15 * SECOND);
    use.slots(4);
    now += SECOND;
    use.measured(3 * SECOND);
    use.slots(0);
    now += 100 * SECOND;
    use.slots(0);

    assertThat(use.slotSeconds()).isEqualTo(24);
    assertThat(use.measuringSeconds()).isEqualTo(18);
    assertThat(use.share()).isEqualTo(0.75);
    assertThat(use).hasToString("measuring took 18.0 of 24.0 slot-seconds: 75 %");
  }

  @Test
  void nothingMeasuredIsNoShare() {
    assertThat(new SlotUse(() -> now).share()).isZero();
  }
}
