package io.headroom.attention.vector;

import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import io.headroom.kvcache.tiled.KvTile;
import io.headroom.kvcache.tiled.TileMatrix;
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
import org.openjdk.jmh.annotations.Warmup;

/** The two matrix products of a block of query rows with one tile of the cache. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class TileBenchmark {
  private static final int HEAD_DIM = 128;
  private static final int GROUP = 4;

  @Param({"F32", "F16", "BF16", "FP8", "INT8", "INT4"})
  public KvPrecision precision;

  /** Of the block: a group of 4 query heads in decode, and 12 tokens of it in prefill. */
  @Param({"4", "48"})
  public int rows;

  private final Kernels kernels = KernelsLadder.kernels();
  private final RowBlock block = new RowBlock(kernels);
  private final WideMatrix wide = new WideMatrix();
  private final float[] scratch = ScratchMemory.allocate(Kernels.SCRATCH_LENGTH);
  private final KvTile tile = new KvTile();

  @Setup
  public void fillOneTile() {
    KvCacheSpec spec =
        KvCacheSpec.contiguous(1, HEAD_DIM, HEAD_DIM, precision, 2 * TiledKvCache.TILE);
    TiledKvCache cache = new TiledKvCache(spec);
    cache.append(gaussian(1, TiledKvCache.TILE, 1), gaussian(1, TiledKvCache.TILE, 2));
    cache.tile(0, 0, tile);
    int tokens = rows / GROUP;
    block.load(gaussian(GROUP, tokens, 3), 0, GROUP, 0, tokens, 1, HEAD_DIM);
  }

  private static HeadTensor gaussian(int heads, int tokens, long seed) {
    return SyntheticTensors.gaussian(heads, tokens, HEAD_DIM, seed);
  }

  /** Queries by keys; converted first where the kernels do not read the precision as stored. */
  @Benchmark
  public RowBlock scoreTile() {
    kernels.multiply(
        rows,
        RowBlock.TILE,
        HEAD_DIM,
        block.data,
        block.queries,
        block.queryStride,
        readable(tile.keys(), HEAD_DIM),
        0,
        block.data,
        block.scores,
        block.scoreStride,
        false,
        scratch);
    return block;
  }

  /** Weights by values, panel by panel. */
  @Benchmark
  public RowBlock valueTile() {
    for (int panel = 0; panel < tile.panels(); panel++) {
      kernels.multiply(
          rows,
          RowBlock.TILE,
          RowBlock.TILE,
          block.data,
          block.scores,
          block.scoreStride,
          readable(tile.values(panel), RowBlock.TILE),
          0,
          block.data,
          block.output + panel * RowBlock.TILE,
          HEAD_DIM,
          true,
          scratch);
    }
    return block;
  }

  private TileMatrix readable(TileMatrix stored, int matrixRows) {
    return kernels.multiplies(stored, rows, matrixRows)
        ? stored
        : wide.convert(kernels, stored, matrixRows);
  }
}
