package io.headroom.jobs.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headroom.plan.accelerator.KernelCall;
import io.headroom.plan.accelerator.KernelError;
import io.headroom.plan.accelerator.MeasuredCall;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatNoiseTest {
  @Test
  void callsThatWereMeasuredOnceSayNothing() {
    assertThat(RepeatNoise.of(List.of(measured(1, 2), measured(2, 2)))).isEmpty();
  }

  /** 0.9 and 1.1 are 0.1 from their mean, and the root of 2 as far from what is true. */
  @Test
  void repeatedMeasurementsAreHeldAgainstTheirMean() {
    KernelError noise =
        RepeatNoise.of(List.of(measured(1, 0.9), measured(2, 5), measured(1, 1.1), measured(3, 7)))
            .orElseThrow();

    assertThat(noise.rows()).isEqualTo(2);
    assertThat(noise.mean()).isCloseTo(0.1 * Math.sqrt(2), within(1e-9));
  }

  private static MeasuredCall measured(double number, double millis) {
    return new MeasuredCall(new KernelCall(List.of("kernel", "bfloat16"), number), millis);
  }
}
