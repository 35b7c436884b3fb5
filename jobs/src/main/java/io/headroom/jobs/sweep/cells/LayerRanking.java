package io.headroom.jobs.sweep.cells;

import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.LayerSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which layers of a cell are measured, for any number of sequences: the layers that hold most. Of
 * equal layers no more are looked at than are measured.
 */
public final class LayerRanking {
  private final KvFormat format;
  private final int measured;
  private final List<LayerSpec> candidates = new ArrayList<>();
  private final int kinds;

  public LayerRanking(Cell cell) {
    // What cannot be kept in the cell's format has no bytes in it, yet a place among the others.
    this.format =
        cell.model().unsupported(cell.precision()).isPresent() ? KvPrecision.F32 : cell.precision();
    this.measured = cell.layers();
    Map<LayerSpec, Integer> countByKind = new HashMap<>();
    for (LayerSpec layer : cell.model().layers()) {
      if (layer.isMeasurable() && countByKind.merge(layer, 1, Integer::sum) <= measured) {
        candidates.add(layer);
      }
    }
    this.kinds = countByKind.size();
  }

  /** The layers to measure on a sequence that ends with so many tokens, fullest first. */
  public List<LayerSpec> first(long tokens) {
    if (kinds == 1) {
      return List.copyOf(candidates);
    }
    return candidates.stream()
        .sorted(mostBytes(tokens).thenComparing(mostBytes(Cell.MANY_TOKENS)))
        .limit(measured)
        .toList();
  }

  private Comparator<LayerSpec> mostBytes(long tokens) {
    return Comparator.comparingLong((LayerSpec layer) -> layer.kvBytes(tokens, format)).reversed();
  }
}
