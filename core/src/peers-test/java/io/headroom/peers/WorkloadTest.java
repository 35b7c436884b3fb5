package io.headroom.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.KvPrecision;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static final AttentionShape SHAPE = new AttentionShape(32, 8, 128);

  @Test
  void prefillAttendsOverItsOwnTokens() {
    Workload workload = new Workload(Phase.PREFILL, SHAPE, 512, KvPrecision.F32);

    assertThat(workload.name()).isEqualTo("prefill-512-32q8kv-d128-f32");
    assertThat(workload.queries()).isEqualTo(512);
    assertThat(workload.keys()).isEqualTo(512);
    assertThat(workload.cachedKeys()).isZero();
    // 512 * 513 / 2 pairs, 32 heads, 2 * (128 + 128) operations a pair.
    assertThat(workload.flops()).isEqualTo(131_328L * 32 * 512);
    assertThat(workload.kvBytes()).isEqualTo(512L * 8 * 256 * 4);
  }

  @Test
  void decodeAddsOneTokenToThoseCached() {
    Workload workload = new Workload(Phase.DECODE, SHAPE, 4_096, KvPrecision.INT8);

    assertThat(workload.name()).isEqualTo("decode-4096-32q8kv-d128-int8");
    assertThat(workload.queries()).isEqualTo(1);
    assertThat(workload.keys()).isEqualTo(4_097);
    assertThat(workload.cachedKeys()).isEqualTo(4_096);
    assertThat(workload.flops()).isEqualTo(4_097L * 32 * 512);
    // Bytes of the codes; scales of keys for each started 64 tokens, of values for each token.
    long codes = 4_097L * 8 * 256;
    long scales = (65L * 128 + 4_097L * 2) * 8 * 4;
    assertThat(workload.kvBytes()).isEqualTo(codes + scales);
  }

  @Test
  void precisionsShareData() {
    Workload workload = new Workload(Phase.DECODE, SHAPE, 4_096, KvPrecision.INT8);

    assertThat(workload.sharesDataWith(new Workload(Phase.DECODE, SHAPE, 4_096, KvPrecision.F32)))
        .isTrue();
    assertThat(workload.sharesDataWith(new Workload(Phase.DECODE, SHAPE, 1_024, KvPrecision.INT8)))
        .isFalse();
    assertThat(workload.sharesDataWith(new Workload(Phase.PREFILL, SHAPE, 4_096, KvPrecision.INT8)))
        .isFalse();
  }
}
