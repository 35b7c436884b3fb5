package io.headroom.plan.serving;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Requests simulated a second, at parts of the rate that saturates; one at a time. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Thread)
public class ServingBenchmark {
  private static final int REQUESTS = 200_000;

  @Param({"0.5", "0.8", "0.95"})
  public double partOfSaturation;

  private ConversationServing serving;
  private Requests requests;

  @Setup
  public void send() throws IOException {
    Path home = Path.of(System.getProperty("headroom.home", "..")).toRealPath();
    serving =
        new ConversationServing(
            home, home.resolveSibling("shared/traces/AzureLLMInferenceTrace_conv.csv"));
    double rateScale = partOfSaturation * serving.saturation(REQUESTS);
    requests = serving.requests(REQUESTS, rateScale);
  }

  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public ServingResult simulated() {
    return ServingSimulation.run(serving.fleet(), requests, 0);
  }
}
