package io.headroom.layer;

import io.headroom.measure.SyntheticTensors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A projection of a small language model, of one row and of many. Operations in a nanosecond are
 * 10^9 of them a second.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ProjectionBenchmark {
  @Param({"576x576", "576x1536", "1536x576", "576x49152"})
  public String inputsByOutputs;

  @Param({"1", "8", "512"})
  public int rows;

  private LinearProjection projection;
  private float[] numbers;

  /** What was computed, as JMH tells it. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Computed {
    public long flops;
  }

  @Setup
  public void fill() {
    int x = inputsByOutputs.indexOf('x');
    int inputs = Integer.parseInt(inputsByOutputs.substring(0, x));
    int outputs = Integer.parseInt(inputsByOutputs.substring(x + 1));
    float[] weight = SyntheticTensors.gaussian(1, outputs, inputs, 1).data();
    projection = new LinearProjection(inputs, outputs, weight, new float[0]);
    numbers = SyntheticTensors.gaussian(1, rows, inputs, 2).data();
  }

  @Benchmark
  public float[] apply(Computed computed) {
    computed.flops += 2L * rows * projection.inputs() * projection.outputs();
    return projection.apply(numbers, rows);
  }
}
