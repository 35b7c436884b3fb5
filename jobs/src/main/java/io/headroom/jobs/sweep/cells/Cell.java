package io.headroom.jobs.sweep.cells;

import io.headroom.Fingerprint;
import io.headroom.jobs.sweep.settings.Window;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One configuration of a sweep. It is measured on every sequence of the workload.
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
    KvPrecision precision,
    Window window,
    boolean kvCache,
    String engine,
    int threads,
    int contention,
    int contextShards,
    int layers,
    long seed)
    implements Serializable {

  static final int ID_BYTES = 8;

  /** More than any window. */
  public static final long MANY_TOKENS = 1L << 32;

  /** A hash of everything that decides the result: cells with one id are one cell. */
  public String id() {
    return id(idPrefix(model));
  }

  /**
   * The same, for a plan of many cells of one model.
   *
   * @param ofModel {@link #idPrefix} of the cell's model
   */
  String id(Fingerprint.Prefix ofModel) {
    String everythingElse =
        Stream.of(precision, kvCache, engine, threads, contention, contextShards, layers, seed)
            .map(String::valueOf)
            .collect(Collectors.joining("\n", "\n", ""));
    return ofModel.with(everythingElse, ID_BYTES);
  }

  /** What a model has to do with the ids of its cells. */
  static Fingerprint.Prefix idPrefix(ModelSpec model) {
    return new Fingerprint.Prefix(model.name() + "\n" + model.layers());
  }

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
