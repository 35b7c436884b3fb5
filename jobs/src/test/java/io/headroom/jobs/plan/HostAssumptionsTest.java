package io.headroom.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HostAssumptionsTest {
  @Test
  void whatWasNotMeasuredOfAHostIsSaidWithItsFigures() {
    DataSheet sheet =
        DataSheet.ofHost("host", 4L << 30, 1.25e10, 9e10, 3.2e7, 2, "a made up sweep");

    assertThat(HostAssumptions.of(Map.of("host", profile(sheet))).get("host"))
        .anyMatch(line -> line.startsWith("one is 2 threads of a host with all its memory, 4 GiB"))
        .anyMatch(line -> line.contains("1.50 times what 12.5 GB/s and 90 GFLOP/s allow"))
        .contains("from a made up sweep");
  }

  @Test
  void ofOtherAcceleratorsNothingIsAssumed() {
    assertThat(
            HostAssumptions.of(
                Map.of("h100_sxm", profile(DataSheet.named("h100_sxm").orElseThrow()))))
        .isEmpty();
  }

  private static AcceleratorProfile profile(DataSheet sheet) {
    return new AcceleratorProfile(sheet, new TreeMap<>(), new TreeMap<>());
  }
}
