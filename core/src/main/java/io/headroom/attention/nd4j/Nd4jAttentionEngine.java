package io.headroom.attention.nd4j;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionChecks;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionInterruptedException;
import io.headroom.attention.AttentionMask;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.EngineMemory;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.SlicePositions;
import io.headroom.attention.Visibility;
import io.headroom.attention.nd4j.QueryBlock.KeySpan;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.HeapArrays;
import io.headroom.kvcache.KvCache;
import io.headroom.kvcache.KvCacheSpec;
import io.headroom.kvcache.KvPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.reduce.same.Max;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Attention by Deeplearning4j's tensors (ND4J) over OpenBLAS: per KV head one matrix product of the
 * stacked queries of its group with the keys, a softmax, and one product with the values. Query
 * rows go in blocks, so that the scores stay small and keys that a causal or windowed mask hides
 * from a whole block are never read.
 *
 * <p>Its caches keep every position, of windowed specs too. float16 and bfloat16 are storage types:
 * the positions that are seen are widened to float32 in every call.
 *
 * <p>The number of threads is a setting of the whole process in OpenBLAS and in ND4J. An engine
 * sets its own before every call, so engines may take turns, but not run at the same time with
 * different numbers. ND4J itself uses no more threads than there are processors.
 *
 * <p>ND4J keeps a description of every distinct matrix shape for as long as the process lives,
 * about 2 KB for each length that a sequence ever has. Each of its operations costs 10 to 20
 * microseconds before it computes anything.
 */
public final class Nd4jAttentionEngine implements AttentionEngine {
  /**
   * Enough rows for GEMM to be efficient, few enough that little is computed above the diagonal.
   */
  private static final int BLOCK_ROWS = 256;

  /** 64 MiB of scores; a block of one token may need more. */
  private static final long MOST_SCORES = (64L << 20) / Float.BYTES;

  private static final MMulTranspose PLAIN = MMulTranspose.builder().build();
  private static final MMulTranspose TRANSPOSE_FIRST =
      MMulTranspose.builder().transposeA(true).build();
  private static final MMulTranspose TRANSPOSE_SECOND =
      MMulTranspose.builder().transposeB(true).build();

  private final Nd4jRuntime runtime;
  private final int threads;
  private final ScratchBuffer stackedQueries;
  private final ScratchBuffer scores;
  private final ScratchBuffer hidden;
  private final ScratchBuffer rowMaxima;
  private final ScratchBuffer stackedOutputs;
  private final ScratchBuffer widenedKeys;
  private final ScratchBuffer widenedValues;
  private final List<ScratchBuffer> scratch;
  private boolean closed;

  /**
   * Loads ND4J's native libraries when it is the first in its process.
   *
   * @param threads of OpenBLAS and ND4J; at least 1
   * @throws EngineUnavailableException if a native library is missing or does not load
   */
  public Nd4jAttentionEngine(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
    this.runtime = Nd4jRuntime.load();
    this.threads = threads;
    this.stackedQueries = new ScratchBuffer();
    this.scores = new ScratchBuffer();
    this.hidden = new ScratchBuffer();
    this.rowMaxima = new ScratchBuffer();
    this.stackedOutputs = new ScratchBuffer();
    this.widenedKeys = new ScratchBuffer();
    this.widenedValues = new ScratchBuffer();
    this.scratch =
        List.of(
            stackedQueries, scores, hidden, rowMaxima, stackedOutputs, widenedKeys, widenedValues);
  }

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public String detail() {
    return runtime.openBlas();
  }

  @Override
  public Optional<String> unsupported(Attention attention, KvCacheSpec cache) {
    return Nd4jKvCache.unsupported(cache.precision());
  }

  /** On one thread each call computes on its caller; more threads are one pool of the process. */
  @Override
  public Optional<String> unsupportedSideBySide() {
    return threads == 1
        ? Optional.empty()
        : Optional.of(
            "the nd4j engine runs side by side on 1 thread each, not on %d: OpenBLAS has one pool of threads for the whole process"
                .formatted(threads));
  }

  @Override
  public EngineMemory cacheMemory(KvCacheSpec spec) {
    return new EngineMemory(0, Nd4jKvCache.nativeBytes(spec));
  }

  /**
   * Scores of a block of rows, what hides some of them, the greatest of each row, and one KV head
   * in float32.
   */
  @Override
  public EngineMemory scratchMemory(Attention attention, KvCacheSpec cache, int queries) {
    AttentionShape shape = attention.shape();
    AttentionMask mask = attention.mask();
    long group = shape.groupSize();
    long keys = cache.capacity();
    long tokens = Math.max(1, Math.min(BLOCK_ROWS / group, queries));
    long seen = mask.isWindowed() ? (long) mask.sinks() + mask.window() + tokens : keys;
    long columns = Math.min(keys, seen);
    long scores = Math.max(group * columns, Math.min(MOST_SCORES, group * tokens * columns));
    long hidden = mask.isWindowed() ? scores / group : tokens * tokens;
    long rows = group * tokens;
    long stacked = rows * (shape.headDim() + shape.valueDim());
    boolean widens = cache.precision() != KvPrecision.F32;
    long widened = widens ? keys * (shape.headDim() + shape.valueDim()) : 0;
    return new EngineMemory(
        HeapArrays.bytes(hidden, Float.BYTES) + HeapArrays.bytes(rows, Float.BYTES),
        ScratchBuffer.mostBytes(scores + hidden + rows + stacked + widened));
  }

  @Override
  public long freeNativeBytes(long heapBytes) {
    long ownBytes = scratch.stream().mapToLong(ScratchBuffer::bytes).sum();
    return Nd4jRuntime.freeBytes(heapBytes, ownBytes);
  }

  /**
   * @throws IllegalArgumentException if the precision is not f32, f16 or bf16
   */
  @Override
  public KvCache newCache(KvCacheSpec spec) {
    return new Nd4jKvCache(spec);
  }

  /**
   * @throws IllegalStateException if the cache or the engine is closed
   */
  @Override
  public void attend(Attention attention, HeadTensor queries, KvCache cache, HeadTensor output) {
    AttentionChecks.requireFit(attention, queries, cache, output);
    int tokens = queries.tokens();
    Visibility visible = Visibility.ofLast(attention.mask(), cache.length(), tokens);
    attend(attention, queries, visible, 0, tokens, own(cache), output, PartialAttention.NO_SUMS);
  }

  /**
   * @throws IllegalStateException if the cache or the engine is closed
   */
  @Override
  public void attendSlice(
      Attention attention,
      HeadTensor queries,
      SlicePositions positions,
      KvCache cache,
      PartialAttention partial) {
    AttentionChecks.requireFit(attention, queries, positions, cache, partial);
    Visibility visible = Visibility.ofSlice(attention.mask(), cache.length(), positions);
    int tokens = queries.tokens();
    int first = visible.firstSeeing(tokens);
    int end = visible.endSeeing(tokens);
    attend(
        attention,
        queries,
        visible,
        first,
        end,
        own(cache),
        partial.output(),
        partial.logSumExps());
    partial.forget(0, first);
    partial.forget(end, tokens);
  }

  /** For the queries from {@code first} to {@code end}, exclusive, all of which see a key. */
  private void attend(
      Attention attention,
      HeadTensor queries,
      Visibility visible,
      int first,
      int end,
      Nd4jKvCache cache,
      HeadTensor output,
      double[] logSumExps) {
    cache.requireOpen();
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    if (first == end) {
      return;
    }
    runtime.useThreads(threads);
    AttentionShape shape = attention.shape();
    List<QueryBlock> blocks = blocks(attention, visible, first, end);
    List<KeySpan> seen = QueryBlock.of(visible, first, end - first).spans();
    for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
      AttentionInterruptedException.throwIfInterrupted();
      KvRows keys = cache.keys(kvHead).asFloats(seen, widenedKeys);
      KvRows values = cache.values(kvHead).asFloats(seen, widenedValues);
      for (QueryBlock block : blocks) {
        AttentionInterruptedException.throwIfInterrupted();
        stackQueries(shape, kvHead, block, queries);
        score(attention, block, keys);
        if (logSumExps == PartialAttention.NO_SUMS) {
          normalise(shape, block);
        } else {
          normalise(shape, kvHead, block, queries.tokens(), logSumExps);
        }
        mix(shape, block, values);
        unstackOutputs(shape, kvHead, block, output);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    scratch.forEach(ScratchBuffer::close);
  }

  private static Nd4jKvCache own(KvCache cache) {
    if (cache instanceof Nd4jKvCache own) {
      return own;
    }
    throw new IllegalArgumentException(
        "the nd4j engine reads only caches that it made: " + cache.getClass().getSimpleName());
  }

  private static List<QueryBlock> blocks(
      Attention attention, Visibility visible, int first, int end) {
    int group = attention.shape().groupSize();
    long fitting = Math.min(BLOCK_ROWS, MOST_SCORES / visible.keys()) / group;
    int blockTokens = (int) Math.max(1, fitting);
    List<QueryBlock> blocks = new ArrayList<>();
    for (int token = first; token < end; token += blockTokens) {
      blocks.add(QueryBlock.of(visible, token, Math.min(blockTokens, end - token)));
    }
    return blocks;
  }

  /** Rows of a group head by head: {@code [groupSize * tokens, headDim]}. */
  private void stackQueries(
      AttentionShape shape, int kvHead, QueryBlock block, HeadTensor queries) {
    int count = block.tokens() * shape.headDim();
    Nd4jBuffer stacked = stackedQueries.floats((long) shape.groupSize() * count);
    for (int member = 0; member < shape.groupSize(); member++) {
      int from = queries.row(kvHead * shape.groupSize() + member, block.firstToken());
      stacked.put((long) member * count, queries.data(), from, count);
    }
  }

  private void unstackOutputs(
      AttentionShape shape, int kvHead, QueryBlock block, HeadTensor output) {
    int count = block.tokens() * shape.valueDim();
    Nd4jBuffer stacked = stackedOutputs.floats((long) shape.groupSize() * count);
    for (int member = 0; member < shape.groupSize(); member++) {
      int to = output.row(kvHead * shape.groupSize() + member, block.firstToken());
      stacked.get((long) member * count, output.data(), to, count);
    }
  }

  private static long rows(AttentionShape shape, QueryBlock block) {
    return (long) shape.groupSize() * block.tokens();
  }

  private INDArray scores(AttentionShape shape, QueryBlock block) {
    return scores.dense(rows(shape, block), block.columns());
  }

  /** Scores of the stacked queries, minus infinity where a key is hidden. */
  private void score(Attention attention, QueryBlock block, KvRows keys) {
    AttentionShape shape = attention.shape();
    INDArray queries = stackedQueries.dense(rows(shape, block), shape.headDim());
    INDArray all = scores(shape, block);
    for (KeySpan span : block.spans()) {
      multiplyByTransposed(
          queries, keys.span(span), attention.scale(), part(all, shape, block, span));
    }
    if (block.hidesKeys()) {
      hide(shape.groupSize(), block);
    }
  }

  /** Turns scores into weights. */
  private void normalise(AttentionShape shape, QueryBlock block) {
    INDArray weights = scores(shape, block);
    Nd4j.exec(new SoftMax(weights, weights, weights.rank() - 1));
  }

  /**
   * Turns scores into weights, and writes the logarithms of the sums that they were divided by. The
   * weight of the greatest score is {@code e^(score - logSumExp)}, and at least one over the
   * columns.
   *
   * @param logSumExps {@code [queryHeads, tokens]}
   */
  private void normalise(
      AttentionShape shape, int kvHead, QueryBlock block, int tokens, double[] logSumExps) {
    float[] maxima = new float[Math.toIntExact(rows(shape, block))];
    int firstRow = kvHead * shape.groupSize() * tokens + block.firstToken();
    readRowMaxima(block, maxima);
    for (int row = 0; row < maxima.length; row++) {
      logSumExps[firstRow + index(row, block, tokens)] = maxima[row];
    }
    normalise(shape, block);
    readRowMaxima(block, maxima);
    for (int row = 0; row < maxima.length; row++) {
      logSumExps[firstRow + index(row, block, tokens)] -= Math.log(maxima[row]);
    }
  }

  /** Of a stacked row, counted from the block's first token in its first head. */
  private static int index(int row, QueryBlock block, int tokens) {
    return row / block.tokens() * tokens + row % block.tokens();
  }

  private void readRowMaxima(QueryBlock block, float[] into) {
    int rows = into.length;
    INDArray matrix = scores.floats((long) rows * block.columns()).matrix(0, rows, block.columns());
    Nd4jBuffer maxima = rowMaxima.floats(rows);
    Nd4j.exec(new Max(matrix, maxima.rows(0, 1, rows, rows), false, 1));
    maxima.get(0, into, 0, rows);
  }

  private void mix(AttentionShape shape, QueryBlock block, KvRows values) {
    INDArray weights = scores(shape, block);
    INDArray outputs = stackedOutputs.dense(rows(shape, block), shape.valueDim());
    double keep = 0;
    for (KeySpan span : block.spans()) {
      multiply(part(weights, shape, block, span), values.span(span), keep, outputs);
      keep = 1;
    }
  }

  private INDArray part(INDArray all, AttentionShape shape, QueryBlock block, KeySpan span) {
    if (span.length() == block.columns()) {
      return all;
    }
    long rows = rows(shape, block);
    return scores
        .floats(rows * block.columns())
        .rows(span.column(), rows, span.length(), block.columns());
  }

  private void hide(int group, QueryBlock block) {
    int columns = block.columns();
    int first = block.firstHiddenColumn();
    int width = columns - first;
    float[] numbers = block.hidden();
    Nd4jBuffer buffer = hidden.floats(numbers.length);
    buffer.put(0, numbers, 0, numbers.length);
    INDArray mask = buffer.planes(0, 1, block.tokens(), width, numbers.length, width);
    INDArray masked =
        scores
            .floats((long) group * block.tokens() * columns)
            .planes(first, group, block.tokens(), width, (long) block.tokens() * columns, columns);
    Nd4j.exec(new AddOp(new INDArray[] {masked, mask}, new INDArray[] {masked}));
  }

  /** {@code out = scale * rows keys^T}. */
  private static void multiplyByTransposed(
      INDArray rows, INDArray keys, double scale, INDArray out) {
    Mmul product =
        rows.rank() == 1
            ? new Mmul(keys, rows, out, scale, 0, PLAIN)
            : new Mmul(rows, keys, out, scale, 0, TRANSPOSE_SECOND);
    Nd4j.exec(product);
  }

  /** {@code out = rows values + keep * out}. */
  private static void multiply(INDArray rows, INDArray values, double keep, INDArray out) {
    Mmul product =
        rows.rank() == 1
            ? new Mmul(values, rows, out, 1, keep, TRANSPOSE_FIRST)
            : new Mmul(rows, values, out, 1, keep, PLAIN);
    Nd4j.exec(product);
  }
}
