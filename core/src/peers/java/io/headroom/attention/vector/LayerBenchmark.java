package io.headroom.attention.vector;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.TiledKvCache;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One layer of 32 query and 8 KV heads of 128 channels, on one thread. The medians are those of
 * {@code prefill_ns} and {@code decode_ns_p50} of the sweep {@code
 * conf/sweeps/layer-benchmark.conf}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LayerBenchmark {
  private static final AttentionShape SHAPE = new AttentionShape(32, 8, 128);
  private static final Attention ATTENTION = new Attention(SHAPE, AttentionMask.CAUSAL);

  /** A prompt of 1,024 tokens, or one token on 8,192 that are cached. */
  @State(Scope.Thread)
  public abstract static class Layer {
    @Param({"F32", "F16", "BF16", "FP8", "INT8", "INT4"})
    public KvPrecision precision;

    private final VectorAttentionEngine engine = new VectorAttentionEngine(1);
    private final int cached;
    private final int tokens;
    private TiledKvCache cache;
    private HeadTensor queries;
    private HeadTensor keys;
    private HeadTensor values;
    private HeadTensor output;

    Layer(int cached, int tokens) {
      this.cached = cached;
      this.tokens = tokens;
    }

    @Setup
    public void fill() {
      int length = cached + tokens;
      keys = gaussian(SHAPE.kvHeads(), length, 1);
      values = gaussian(SHAPE.kvHeads(), length, 2);
      queries = gaussian(SHAPE.queryHeads(), tokens, 3);
      output = HeadTensor.zeros(SHAPE.queryHeads(), tokens, SHAPE.valueDim());
      cache =
          engine.newCache(
              KvCacheSpec.contiguous(
                  SHAPE.kvHeads(), SHAPE.headDim(), SHAPE.valueDim(), precision, length));
      cache.append(keys.tokens(0, cached), values.tokens(0, cached));
    }

    private static HeadTensor gaussian(int heads, int tokens, long seed) {
      return SyntheticTensors.gaussian(heads, tokens, SHAPE.headDim(), seed);
    }

    HeadTensor appendAndAttend() {
      cache.truncate(cached);
      cache.append(keys.tokens(cached, keys.tokens()), values.tokens(cached, values.tokens()));
      engine.attend(ATTENTION, queries, cache, output);
      return output;
    }

    @TearDown
    public void close() {
      engine.close();
    }
  }

  /** A whole prompt and an empty cache. */
  public static class Prompt extends Layer {
    public Prompt() {
      super(0, 1_024);
    }
  }

  /** One token and a long cache. */
  public static class Token extends Layer {
    public Token() {
      super(8_192, 1);
    }
  }

  @Benchmark
  public HeadTensor prefill(Prompt prompt) {
    return prompt.appendAndAttend();
  }

  @Benchmark
  public HeadTensor decode(Token token) {
    return token.appendAndAttend();
  }
}
