package io.headroom.jobs.sweep.rows;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.io.Serializable;
import java.util.List;

/**
 * What was asked for, as columns.
 *
 * @param groupSize null where the KV heads do not divide the query heads
 * @param variant null where the KV heads do not divide the query heads
 * @param window positions that the first measured layer sees; 0 for all
 * @param layersMeasured how many layers' times a row has
 * @param assumed whether keys of the model's configuration were left unread, as the user allowed
 */
public record RowConfiguration(
    String cellId,
    String model,
    int layers,
    int hiddenSize,
    int queryHeads,
    int kvHeads,
    Integer groupSize,
    String variant,
    int headDim,
    KvFormat precision,
    boolean kvCache,
    int window,
    int sinks,
    String engine,
    int threads,
    int contention,
    int contextShards,
    int layersMeasured,
    long seed,
    boolean assumed)
    implements Serializable {

  /**
   * @param tokens with which a sequence ends: layers of one model may differ, and which of them
   *     hold most may depend on it
   */
  public static RowConfiguration of(Cell cell, String cellId, long tokens) {
    ModelSpec model = cell.model();
    List<LayerSpec> measured = cell.measuredLayers(tokens);
    Attention attention = measured.get(0).attention();
    AttentionShape shape = attention.shape();
    return new RowConfiguration(
        cellId,
        model.name(),
        model.layers().size(),
        model.hiddenSize(),
        shape.queryHeads(),
        shape.kvHeads(),
        shape.groupSize(),
        model.variant().name(),
        shape.headDim(),
        cell.precision(),
        cell.kvCache(),
        attention.mask().window(),
        attention.mask().sinks(),
        cell.engine(),
        cell.threads(),
        cell.contention(),
        cell.contextShards(),
        measured.size(),
        cell.seed(),
        !model.assumed().isEmpty());
  }

  /** The same with KV heads that cannot be. */
  RowConfiguration withImpossibleKvHeads(int heads) {
    return new RowConfiguration(
        cellId,
        model,
        layers,
        hiddenSize,
        queryHeads,
        heads,
        null,
        null,
        headDim,
        precision,
        kvCache,
        window,
        sinks,
        engine,
        threads,
        contention,
        contextShards,
        layersMeasured,
        seed,
        assumed);
  }
}
