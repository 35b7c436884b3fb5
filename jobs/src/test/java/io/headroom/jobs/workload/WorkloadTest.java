package io.headroom.jobs.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkloadTest {

  /** As manifests have it that the first version wrote; it decides what may be resumed. */
  @Test
  void theFingerprintIsKnown() {
    assertThat(Workload.of(List.of(3, 1500), 2, Optional.empty()).fingerprint())
        .isEqualTo("ca184043975b11fb7932469d987434c9");
    assertThat(Workload.of(List.of(32, 64, 96), 4, Optional.of("a note")).fingerprint())
        .isEqualTo("63300352dab6fb6aa373a84d16832669");
  }

  @Test
  void lengthsAndTheirOrderAreInTheFingerprint() {
    assertThat(
            List.of(
                Workload.of(List.of(3, 6), 2, Optional.empty()).fingerprint(),
                Workload.of(List.of(6, 3), 2, Optional.empty()).fingerprint(),
                Workload.of(List.of(3, 6), 1, Optional.empty()).fingerprint(),
                Workload.of(List.of(3), 2, Optional.empty()).fingerprint()))
        .doesNotHaveDuplicates();
  }
}
