package io.headroom.jobs.sweep;

import io.headroom.kvcache.KvPrecision;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One configuration of a sweep. It is measured on every sequence of the workload.
 *
 * @param model the model with the cell's KV heads and window
 * @param window the window of the configuration; the layers' own are in the model
 * @param kvCache whether decoding keeps the cache or recomputes the prefix
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
    int contextShards,
    int layers,
    long seed)
    implements Serializable {

  private static final int ID_BYTES = 8;

  /** More than any window. */
  static final long MANY_TOKENS = 1L << 32;

  /** A hash of everything that decides the result: cells with one id are one cell. */
  public String id() {
    String everything =
        Stream.of(
                model.name(),
                model.layers(),
                precision,
                kvCache,
                engine,
                threads,
                contextShards,
                layers,
                seed)
            .map(String::valueOf)
            .reduce((a, b) -> a + "\n" + b)
            .orElseThrow();
    return Fingerprint.of(everything, ID_BYTES);
  }

  /**
   * The layers to measure on a sequence that ends with so many tokens. Layers of one model may
   * differ; those that hold most come first, so that a measured layer never stands for less than
   * the average one.
   */
  public List<LayerSpec> measuredLayers(long tokens) {
    return model.layers().stream()
        .filter(LayerSpec::holdsKv)
        .sorted(mostBytes(tokens).thenComparing(mostBytes(MANY_TOKENS)))
        .limit(layers)
        .toList();
  }

  private Comparator<LayerSpec> mostBytes(long tokens) {
    return Comparator.comparingLong((LayerSpec layer) -> layer.kvBytes(tokens, precision))
        .reversed();
  }
}
