package io.headroom.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.attention.AttentionShape;
import io.headroom.host.HostProbe;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerReportTest {
  private static final Workload DECODE = decode(KvPrecision.F32);
  private static final Workload COMPRESSED = decode(KvPrecision.BF16);
  private static final Map<Integer, HostProbe.Peaks> PEAKS =
      Map.of(1, new HostProbe.Peaks(200, 40), 2, new HostProbe.Peaks(400, 80));

  private static Workload decode(KvPrecision precision) {
    return new Workload(Phase.DECODE, new AttentionShape(4, 2, 64), 1_023, precision);
  }

  private static Measurement measured(
      Workload workload, int threads, String engine, long... nanos) {
    LatencySamples samples = new LatencySamples();
    for (long sample : nanos) {
      samples.add(sample, 1);
    }
    return new Measurement(workload, threads, engine, workload.kvBytes(), samples);
  }

  private static PeerReport report(Measurement... measurements) {
    return new PeerReport(List.of(measurements), PEAKS, "17.0.1");
  }

  @Test
  void csvHasARowForEveryEngine() {
    PeerReport report =
        report(
            measured(DECODE, 1, "vector", 20_000, 10_000, 30_000),
            measured(DECODE, 1, "libtorch", 50_000));

    assertThat(report.csv())
        .isEqualTo(
            """
            workload,phase,query_heads,kv_heads,head_dim,tokens,kv_precision,threads,engine,\
            median_ns,p10_ns,p90_ns,gflops,gbps,ratio,peak_gflops,stream_gbps,jdk
            decode-1023-4q2kv-d64-f32,decode,4,2,64,1023,f32,1,vector,\
            20000,10000,30000,52.43,52.429,1.000,200.0,40.0,17.0.1
            decode-1023-4q2kv-d64-f32,decode,4,2,64,1023,f32,1,libtorch,\
            50000,50000,50000,20.97,20.972,2.500,200.0,40.0,17.0.1
            """);
  }

  @Test
  void ratiosAreAgainstTheSamePrecisionAndThreads() {
    Measurement peer = measured(COMPRESSED, 2, "libtorch", 3_000);
    PeerReport report =
        report(
            measured(DECODE, 2, "vector", 1),
            measured(COMPRESSED, 1, "vector", 2),
            measured(COMPRESSED, 2, "vector", 2_000),
            peer);

    assertThat(report.ratio(peer)).isEqualTo(1.5);
  }

  @Test
  void theTableShowsHowFarFromThePeaks() {
    PeerReport report = report(measured(DECODE, 2, "vector", 20_000));

    assertThat(report.table().lines().toList())
        .containsExactly(
            "workload                        threads engine      samples   median us      p10 us"
                + "      p90 us   GFLOP/s    GB/s  % FMA  % mem   ratio",
            "decode-1023-4q2kv-d64-f32             2 vector            1        20.0        20.0"
                + "        20.0      52.4   52.43   13.1   65.5    1.00");
  }
}
