package io.headroom.attention.vector;

import io.headroom.attention.Attention;
import io.headroom.attention.PartialAttention;
import io.headroom.attention.Visibility;
import io.headroom.kvcache.HeadTensor;
import io.headroom.kvcache.tiled.TiledKvCache;

/**
 * One call, cut into units: a block of query tokens of one KV head, and a slice of its tiles where
 * there are fewer units than threads.
 *
 * @param logSumExps {@code [queryHeads, tokens]}, of a partial result; {@link
 *     PartialAttention#NO_SUMS} where nothing but the output is wanted
 */
record AttentionJob(
    Attention attention,
    HeadTensor queries,
    TiledKvCache cache,
    HeadTensor output,
    double[] logSumExps,
    Visibility visible,
    int tokensPerBlock,
    int blocks,
    int slices) {
  /** A whole unit, from queries to output. */
  void attend(int unit, AttentionWorker worker) {
    load(unit, worker.rows());
    worker.attend(cache, kvHead(unit), visible, token(unit), endToken(unit), 0, 1, worker.rows());
    write(unit, worker.rows());
  }

  /** Slice {@code index % slices} of unit {@code index / slices}; the result stays in the rows. */
  void attendSlice(int index, AttentionWorker worker, RowBlock rows) {
    int unit = index / slices;
    load(unit, rows);
    worker.attend(
        cache, kvHead(unit), visible, token(unit), endToken(unit), index % slices, slices, rows);
  }

  /** Merges the slices of a unit, in order, and writes its output. */
  void merge(int unit, RowBlock[] parts) {
    RowBlock rows = parts[unit * slices];
    for (int slice = 1; slice < slices; slice++) {
      rows.merge(parts[unit * slices + slice]);
    }
    write(unit, rows);
  }

  private void write(int unit, RowBlock rows) {
    rows.write(output, firstHead(unit), token(unit));
    if (logSumExps != PartialAttention.NO_SUMS) {
      rows.writeLogSumExps(logSumExps, queries.tokens(), firstHead(unit), token(unit));
    }
  }

  private void load(int unit, RowBlock rows) {
    int tokens = endToken(unit) - token(unit);
    rows.load(
        queries,
        firstHead(unit),
        group(),
        token(unit),
        tokens,
        attention.scale(),
        cache.valueColumns());
  }

  private int kvHead(int unit) {
    return unit / blocks;
  }

  private int firstHead(int unit) {
    return kvHead(unit) * group();
  }

  /**
   * Later tokens see more keys under a causal mask: they go first, so that threads end together.
   */
  private int token(int unit) {
    return (blocks - 1 - unit % blocks) * tokensPerBlock;
  }

  private int endToken(int unit) {
    return Math.min(token(unit) + tokensPerBlock, queries.tokens());
  }

  private int group() {
    return attention.shape().groupSize();
  }
}
