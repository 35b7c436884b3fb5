package io.headroom.plan.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.kvcache.CountedEncoding;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.DataSheet;
import io.headroom.plan.accelerator.TimeBasis;
import io.headroom.plan.memory.EngineOverheads;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.Requests;
import io.headroom.plan.time.EngineCosts;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a host of 10 GB/s and 100 GFLOP/s with one thread, of which nothing else is known. */
class HostDeploymentTest {
  private static final double RATE = 0.02;
  private static final Requests REQUESTS = SearchFixture.requests(200, RATE);

  @ParameterizedTest
  @EnumSource(KvPrecision.class)
  void aSmallModelIsServedWhateverPrecisionASweepMeasures(KvPrecision precision) {
    Deployment deployment = search(List.of(1), precision).details(0);

    Deployment.Served served = deployment.served().orElseThrow();
    assertThat(served.basis()).isEqualTo(TimeBasis.DATA_SHEET);
    assertThat(served.error()).isBetween(1.9, 2.1);
    assertThat(served.roofline()).isPresent();
    // 0.36 billion weights of two bytes outside of the embeddings, and 0.14 billion of the head.
    assertThat(served.tpotMillis()).isGreaterThan(1e3 * 2 * 0.49e9 / 1e10);
  }

  @Test
  void whatNoSweepMeasuresIsNotPlanned() {
    Deployment deployment = search(List.of(1), CountedEncoding.Q8_0).details(0);

    assertThat(deployment.limit()).isEqualTo(Limit.UNSUPPORTED);
    assertThat(deployment.reason().orElseThrow())
        .isEqualTo(
            "KV precision must be one of f32, f16, bf16, fp8, int8, int4 on a host that a sweep"
                + " measured: q8_0");
  }

  @Test
  void aReplicaIsOneHost() {
    Deployment deployment = search(List.of(2), KvPrecision.BF16).details(0);

    assertThat(deployment.limit()).isEqualTo(Limit.UNSUPPORTED);
    assertThat(deployment.reason().orElseThrow())
        .isEqualTo("a replica must be one host, for no link between hosts was measured: 2 ranks");
  }

  private static DeploymentSearch search(List<Integer> tensor, KvFormat format) {
    SearchSpace space =
        SearchFixture.space(
            List.of(SearchFixture.variant("qwen2-0.5b", "model")),
            List.of("host"),
            tensor,
            List.of(format),
            List.of(false));
    DataSheet sheet = DataSheet.ofHost("host", 2e10, 1e10, 1e11, 3.2e7, 1, "made up");
    return new DeploymentSearch(
        space,
        new SearchInputs(
            SearchFixture.demand(REQUESTS, RATE, new ServiceLevels(1e6, 1e5)),
            EngineScheduler.of("vllm").orElseThrow(),
            EngineCosts.of("vllm").orElseThrow(),
            "",
            Map.of("host", new AcceleratorProfile(sheet, new TreeMap<>(), new TreeMap<>())),
            Map.of(),
            EngineOverheads.USUAL,
            25e9));
  }
}
