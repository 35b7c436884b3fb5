package io.headroom.attention.vector;

import io.headroom.measure.SyntheticTensors;
import java.util.concurrent.TimeUnit;
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

/** A step of the online softmax: the scores of a block of query rows and one tile. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class SoftmaxBenchmark {
  private static final int HEAD_DIM = 128;
  private static final int GROUP = 4;

  @Param({"4", "48"})
  public int rows;

  private final Kernels kernels = KernelsLadder.kernels();
  private final RowBlock block = new RowBlock(kernels);
  private float[] scores;

  @Setup
  public void load() {
    int tokens = rows / GROUP;
    block.load(
        SyntheticTensors.gaussian(GROUP, tokens, HEAD_DIM, 1), 0, GROUP, 0, tokens, 1, HEAD_DIM);
    scores = SyntheticTensors.gaussian(1, rows, RowBlock.TILE, 2).data();
  }

  /** Scores are copied in each time: the step turns them into weights. */
  @Benchmark
  public RowBlock exponentiate() {
    System.arraycopy(scores, 0, block.data, block.scores, scores.length);
    kernels.exponentiate(block);
    return block;
  }
}
