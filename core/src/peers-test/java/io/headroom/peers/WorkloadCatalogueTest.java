package io.headroom.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadCatalogueTest {
  private static final long LARGE_LAST_LEVEL_CACHE_BYTES = 32L << 20;

  @ParameterizedTest
  @EnumSource(MeasuringMode.class)
  void namesAreDistinctAndDataIsMadeOnce(MeasuringMode mode) {
    List<Workload> workloads = WorkloadCatalogue.of(mode);

    assertThat(workloads).extracting(Workload::name).doesNotHaveDuplicates();
    int changes = 0;
    for (int i = 1; i < workloads.size(); i++) {
      changes += workloads.get(i).sharesDataWith(workloads.get(i - 1)) ? 0 : 1;
    }
    long distinct =
        workloads.stream()
            .map(workload -> List.of(workload.phase(), workload.shape(), workload.tokens()))
            .distinct()
            .count();
    assertThat(changes + 1).isEqualTo((int) distinct);
  }

  @Test
  void compressedCachesOfTheQuickModeStreamFromMemory() {
    assertThat(WorkloadCatalogue.of(MeasuringMode.QUICK))
        .filteredOn(workload -> workload.precision() != KvPrecision.F32)
        .extracting(Workload::precision)
        .containsExactly(KvPrecision.BF16, KvPrecision.INT8, KvPrecision.INT4);
    assertThat(WorkloadCatalogue.of(MeasuringMode.QUICK))
        .filteredOn(workload -> workload.precision() != KvPrecision.F32)
        .allMatch(workload -> workload.kvBytes() > 2 * LARGE_LAST_LEVEL_CACHE_BYTES);
  }

  @Test
  void theQuickModeIsPartOfTheFullOne() {
    assertThat(WorkloadCatalogue.of(MeasuringMode.FULL))
        .containsAll(WorkloadCatalogue.of(MeasuringMode.QUICK));
  }

  @Test
  void aRegularExpressionSelectsByName() {
    List<Workload> all = WorkloadCatalogue.of(MeasuringMode.QUICK);

    assertThat(WorkloadCatalogue.matching(all, "")).isEqualTo(all);
    assertThat(WorkloadCatalogue.matching(all, "^prefill-(512|2048)-32q"))
        .extracting(Workload::name)
        .containsExactly("prefill-512-32q8kv-d128-f32", "prefill-2048-32q8kv-d128-f32");
  }

  @Test
  void aMistakenSelectionIsTold() {
    List<Workload> all = WorkloadCatalogue.of(MeasuringMode.QUICK).subList(0, 2);

    assertThatThrownBy(() -> WorkloadCatalogue.matching(all, "int2"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "peers.workloads matches none of prefill-512-32q8kv-d128-f32, prefill-2048-32q8kv-d128-f32: int2");
    assertThatThrownBy(() -> WorkloadCatalogue.matching(all, "("))
        .isInstanceOf(UserException.class)
        .hasMessage("peers.workloads must be a regular expression, Unclosed group: (");
    assertThatThrownBy(() -> MeasuringMode.named("fast"))
        .isInstanceOf(UserException.class)
        .hasMessage("peers.mode must be quick, full or parts: fast");
  }
}
