package io.headroom.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvPrecision;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real libraries, on little data. */
class ContestTest {
  private static final AttentionShape SHAPE = new AttentionShape(8, 2, 64);
  private static final int TOKENS = 192;
  private static final List<Integer> ONE_THREAD = List.of(1);
  private static final TimingPlan SHORT = new TimingPlan(2, 1, 1, 1);

  private final RunLog log = new RunLog();

  @ParameterizedTest
  @CsvSource({
    "PREFILL, F32, vector nd4j libtorch onnxruntime",
    "DECODE, F32, vector nd4j libtorch onnxruntime",
    "PREFILL, BF16, vector nd4j libtorch",
    "DECODE, BF16, vector nd4j libtorch",
    "DECODE, F16, vector nd4j onnxruntime",
    "PREFILL, INT8, vector onnxruntime",
    "DECODE, INT8, vector onnxruntime",
    "DECODE, INT4, vector onnxruntime"
  })
  void librariesAgreeAndAreTimed(Phase phase, KvPrecision precision, String engines) {
    Workload workload = new Workload(phase, SHAPE, TOKENS, precision);
    List<Peer> peers =
        List.of(
            new HeadroomPeer("vector"),
            new HeadroomPeer("nd4j"),
            new LibTorchPeer(),
            new OnnxRuntimePeer());

    List<Measurement> measurements = run(peers, workload);

    assertThat(measurements).extracting(Measurement::engine).containsExactly(engines.split(" "));
    assertThat(measurements)
        .allSatisfy(
            row -> {
              assertThat(row.samples().count()).isGreaterThanOrEqualTo(SHORT.rounds());
              assertThat(row.samples().medianNanos()).isPositive();
              assertThat(row.kvBytes()).isPositive();
            });
    assertThat(log.agreements()).hasSameSizeAs(measurements);
  }

  @Test
  void aLibraryThatComputesSomethingElseEndsTheRun() {
    Workload workload = new Workload(Phase.DECODE, SHAPE, TOKENS, KvPrecision.F32);
    List<Peer> peers = List.of(new HeadroomPeer("vector"), new HalvingPeer());

    assertThatThrownBy(() -> run(peers, workload))
        .isInstanceOf(OutputDisagreement.class)
        .hasMessage(
            "decode-192-8q2kv-d64-f32 on 1 threads: the output of halving is off by 0.500 from that"
                + " of reference (relative L2), allowed is 2.00e-05");
  }

  private List<Measurement> run(List<Peer> peers, Workload workload) {
    try (BenchmarkData data = new BenchmarkData(workload)) {
      return new Contest(peers, SHORT, log).run(workload, data, ONE_THREAD);
    }
  }

  /** The vector engine, all outputs halved. */
  private static final class HalvingPeer implements Peer {
    private final Peer vector = new HeadroomPeer("vector");

    @Override
    public String name() {
      return "halving";
    }

    @Override
    public String detail() {
      return vector.detail();
    }

    @Override
    public Optional<String> unsupported(Workload workload) {
      return vector.unsupported(workload);
    }

    @Override
    public PreparedAttention prepare(Workload workload, BenchmarkData data) {
      PreparedAttention whole = vector.prepare(workload, data);
      return new PreparedAttention() {
        @Override
        public void useThreads(int threads) {
          whole.useThreads(threads);
        }

        @Override
        public void beginTurn() {
          whole.beginTurn();
        }

        @Override
        public void run() {
          whole.run();
        }

        @Override
        public HeadTensor output() {
          HeadTensor output = whole.output();
          for (int i = 0; i < output.data().length; i++) {
            output.data()[i] /= 2;
          }
          return output;
        }

        @Override
        public String choice() {
          return whole.choice();
        }

        @Override
        public long kvBytes() {
          return whole.kvBytes();
        }

        @Override
        public void close() {
          whole.close();
        }
      };
    }
  }
}
