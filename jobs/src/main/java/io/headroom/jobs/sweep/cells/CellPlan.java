package io.headroom.jobs.sweep.cells;

import io.headroom.UserException;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.kvcache.KvFormat;
import io.headroom.model.ModelSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The cells of a sweep: the product of its lists, each configuration once.
 *
 * @param cells by id, in the order of the lists
 * @param unbuildable configurations that become rows with a reason
 * @param shared what models have in common
 */
public record CellPlan(
    Map<String, Cell> cells, List<UnbuildableCell> unbuildable, List<SharedCells> shared) {

  /**
   * @param ids by which the cells are known
   * @param models what the settings' models resolve to, in their order
   * @throws UserException if a number of KV heads divides the query heads of none of the models
   */
  static CellPlan of(CellIds ids, SweepSettings settings, List<ModelSpec> models) {
    requireUsefulKvHeads(settings, models);
    Builder builder = new Builder(ids, settings);
    for (ModelSpec model : models) {
      for (KvHeads kvHeads : settings.kvHeads()) {
        builder.addVariants(model, kvHeads);
      }
    }
    return new CellPlan(builder.cells, List.copyOf(builder.unbuildable.values()), builder.shared());
  }

  private static void requireUsefulKvHeads(SweepSettings settings, List<ModelSpec> models) {
    for (KvHeads kvHeads : settings.kvHeads()) {
      if (kvHeads instanceof KvHeads.Count count && models.stream().noneMatch(count::divide)) {
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

  /** The names that rows of these cells have, each once. */
  List<String> modelNames() {
    return Stream.concat(cells.values().stream(), unbuildable.stream().map(UnbuildableCell::cell))
        .map(cell -> cell.model().name())
        .distinct()
        .toList();
  }

  private static final class Builder {
    private final CellIds ids;
    private final SweepSettings settings;
    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private final Map<String, UnbuildableCell> unbuildable = new LinkedHashMap<>();

    /** By the names of a model and of the one that had the cells before. */
    private final Map<List<String>, Set<String>> sharedIds = new LinkedHashMap<>();

    Builder(CellIds ids, SweepSettings settings) {
      this.ids = ids;
      this.settings = settings;
    }

    void addVariants(ModelSpec model, KvHeads kvHeads) {
      boolean possible = kvHeads.divide(model);
      ModelSpec variant = possible ? kvHeads.of(model) : model;
      for (Window window : settings.windows()) {
        ModelSpec windowed =
            window.isNone() ? variant : variant.withWindow(window.size(), window.sinks());
        Function<Cell, String> idOf = ids.ofCells(windowed);
        for (KvFormat format : settings.kvPrecisions()) {
          Optional<String> unsupported = windowed.unsupported(format);
          for (Cell cell : product(windowed, window, format)) {
            String id = idOf.apply(cell);
            if (!possible) {
              addUnbuildable(id, cell, (KvHeads.Count) kvHeads);
            } else if (unsupported.isPresent()) {
              unbuildable.putIfAbsent(
                  id, new UnbuildableCell(id, cell, Optional.empty(), unsupported.get()));
            } else {
              add(id, cell);
            }
          }
        }
      }
    }

    private void add(String id, Cell cell) {
      Cell first = cells.putIfAbsent(id, cell);
      if (first != null && !first.model().name().equals(cell.model().name())) {
        sharedIds
            .computeIfAbsent(
                List.of(cell.model().name(), first.model().name()), pair -> new HashSet<>())
            .add(id);
      }
    }

    private void addUnbuildable(String nearestId, Cell nearest, KvHeads.Count kvHeads) {
      String id = ids.ofUnbuildable(nearestId, kvHeads);
      unbuildable.putIfAbsent(
          id,
          new UnbuildableCell(id, nearest, Optional.of(kvHeads), reason(nearest.model(), kvHeads)));
    }

    List<SharedCells> shared() {
      return sharedIds.entrySet().stream()
          .map(
              pair ->
                  new SharedCells(
                      pair.getKey().get(0), pair.getKey().get(1), pair.getValue().size()))
          .toList();
    }

    private List<Cell> product(ModelSpec model, Window window, KvFormat precision) {
      List<Cell> product = new ArrayList<>();
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
      return product;
    }

    private static String reason(ModelSpec model, KvHeads.Count kvHeads) {
      return "kv-heads %d does not divide the %d query heads"
          .formatted(kvHeads.heads(), model.queryHeads());
    }
  }
}
