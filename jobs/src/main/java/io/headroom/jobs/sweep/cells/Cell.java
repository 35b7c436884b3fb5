package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.settings.Window;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.io.Serializable;
import java.util.List;

/**
 * One configuration of a sweep. It is measured on every sequence of the workload, and known by one
 * of {@link CellIds}.
 *
 * @param model the model with the cell's KV heads and window
 * @param window the window of the configuration; the layers' own are in the model
 * @param kvCache whether decoding keeps the cache or recomputes the prefix
 * @param threads of the engine
 * @param contention copies of a sequence that are measured side by side, each with an engine of its
 *     own; 1: nothing beside it
 * @param layers how many layers are measured, the ones that hold most first
 * @param seed decides the data
 */
public record Cell(
    ModelSpec model,
    KvFormat precision,
    Window window,
    boolean kvCache,
    String engine,
    int threads,
    int contention,
    int contextShards,
    int layers,
    long seed)
    implements Serializable {

  /** More than any window. */
  public static final long MANY_TOKENS = 1L << 32;

  /** Cores that measuring keeps busy. */
  public int cores() {
    return Math.multiplyExact(threads, contention);
  }

  /**
   * The layers to measure on a sequence that ends with so many tokens. Layers of one model may
   * differ; those that hold most come first, so that a measured layer never stands for less than
   * the average one.
   */
  public List<LayerSpec> measuredLayers(long tokens) {
    return new LayerRanking(this).first(tokens);
  }
}
