package io.headroom.plan.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisibleMemoryTest {
  private static final double GIB = 1L << 30;

  @ParameterizedTest
  @CsvSource({
    "H100-80GB, 79.18",
    "A100-SXM4-40GB, 39.49",
    "A100-80GB, 79.34668",
    "L40S, 44.98828",
    "L4, 22.49",
    "MI300X (ROCm), 191.98",
    "AMD Instinct MI300X, 191.98",
    "NVIDIA A100-SXM4-40GB, 39.49",
    "NVIDIA H100 80GB HBM3, 79.18"
  })
  void itIsKnownByName(String gpu, double gib) {
    assertThat(VisibleMemory.of(gpu).orElseThrow() / GIB).isCloseTo(gib, within(1e-5));
  }

  @ParameterizedTest
  @CsvSource({
    "a100_sxm, A100-80GB",
    "h100_sxm, H100-80GB",
    "h200_sxm, H200",
    "l40s, L40S",
    "l4, L4",
    "mi300x, MI300X"
  })
  void itIsThatOfTheDataSheet(String sheet, String gpu) {
    assertThat(VisibleMemory.of(gpu))
        .hasValue((long) DataSheet.named(sheet).orElseThrow().memoryBytes());
  }

  @ParameterizedTest
  @CsvSource({"64 GB GPU", "not named", "L400", "'2x 22 GB (offload 13 GB)'"})
  void thatOfOthersIsNot(String gpu) {
    assertThat(VisibleMemory.of(gpu)).isEmpty();
  }
}
