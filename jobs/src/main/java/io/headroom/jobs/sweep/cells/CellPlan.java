package io.headroom.jobs.sweep.cells;

import io.headroom.Fingerprint;
import io.headroom.UserException;
import io.headroom.jobs.sweep.settings.KvHeads;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.sweep.settings.Window;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The cells of a sweep: the product of its lists, each configuration once.
 *
 * @param cells by id, in the order of the lists
 * @param unbuildable configurations that become rows with a reason
 */
public record CellPlan(Map<String, Cell> cells, List<UnbuildableCell> unbuildable) {

  /**
   * @param models what the settings' models resolve to, in their order
   * @throws UserException if a number of KV heads divides the query heads of none of the models
   */
  static CellPlan of(SweepSettings settings, List<ModelSpec> models) {
    requireUsefulKvHeads(settings, models);
    Builder builder = new Builder(settings);
    for (ModelSpec model : models) {
      for (KvHeads kvHeads : settings.kvHeads()) {
        builder.addVariants(model, kvHeads);
      }
    }
    return new CellPlan(builder.cells, List.copyOf(builder.unbuildable.values()));
  }

  private static void requireUsefulKvHeads(SweepSettings settings, List<ModelSpec> models) {
    for (KvHeads kvHeads : settings.kvHeads()) {
      if (kvHeads instanceof KvHeads.Count count
          && models.stream().noneMatch(model -> divides(count.heads(), model))) {
        throw new UserException(
            "sweep.kv-heads = %d: divides the query heads of none of the models (%s); allowed: %s"
                .formatted(
                    count.heads(),
                    String.join(
                        ", ",
                        models.stream()
                            .map(model -> model.name() + " has " + model.queryHeads())
                            .toList()),
                    KvHeads.ALLOWED));
      }
    }
  }

  private static boolean divides(int kvHeads, ModelSpec model) {
    return model.layers().stream().allMatch(layer -> layer.heads().queryHeads() % kvHeads == 0);
  }

  private static final class Builder {
    private final SweepSettings settings;
    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private final Map<String, UnbuildableCell> unbuildable = new LinkedHashMap<>();

    Builder(SweepSettings settings) {
      this.settings = settings;
    }

    void addVariants(ModelSpec model, KvHeads kvHeads) {
      boolean possible = !(kvHeads instanceof KvHeads.Count count) || divides(count.heads(), model);
      ModelSpec variant = possible ? withKvHeads(model, kvHeads) : model;
      for (Window window : settings.windows()) {
        ModelSpec windowed =
            window.isNone() ? variant : variant.withWindow(window.size(), window.sinks());
        Fingerprint.Prefix ofModel = Cell.idPrefix(windowed);
        for (Cell cell : product(windowed, window)) {
          String id = cell.id(ofModel);
          if (possible) {
            cells.putIfAbsent(id, cell);
          } else {
            UnbuildableCell bad = UnbuildableCell.of(id, cell, kvHeads, reason(model, kvHeads));
            unbuildable.putIfAbsent(bad.id(), bad);
          }
        }
      }
    }

    private List<Cell> product(ModelSpec model, Window window) {
      List<Cell> product = new ArrayList<>();
      for (KvPrecision precision : settings.kvPrecisions()) {
        for (boolean kvCache : settings.kvCache()) {
          for (String engine : settings.engines()) {
            for (int threads : settings.threads()) {
              for (int contention : settings.contention()) {
                for (int contextShards : settings.contextShards()) {
                  product.add(
                      new Cell(
                          model,
                          precision,
                          window,
                          kvCache,
                          engine,
                          threads,
                          contention,
                          contextShards,
                          settings.layers(),
                          settings.seed()));
                }
              }
            }
          }
        }
      }
      return product;
    }

    private static ModelSpec withKvHeads(ModelSpec model, KvHeads kvHeads) {
      if (kvHeads instanceof KvHeads.Mha) {
        return model.asMha();
      }
      if (kvHeads instanceof KvHeads.Mqa) {
        return model.asMqa();
      }
      return kvHeads instanceof KvHeads.Count count ? model.withKvHeads(count.heads()) : model;
    }

    private static String reason(ModelSpec model, KvHeads kvHeads) {
      return "kv-heads %d does not divide the %d query heads"
          .formatted(((KvHeads.Count) kvHeads).heads(), model.queryHeads());
    }
  }
}
