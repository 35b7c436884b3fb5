package io.headroom.jobs.sweep.cells;

import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ConfiguredModel;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known before Spark starts.
 *
 * @param file what the settings were read from
 * @param ids by which the cells are known
 * @param models what the settings' models resolve to, in their order, by the names of their rows
 * @param only the id of the one cell that is measured; empty: all
 */
public record SweepPlan(
    SweepSettings settings,
    SettingsFile file,
    CellIds ids,
    List<ModelSpec> models,
    CellPlan cells,
    Optional<String> only) {
  private static final double LONGEST_WARM_UP_NANOS = 2e9;

  /**
   * @param models what the settings' models resolve to, in their order
   * @throws io.headroom.UserException if a number of KV heads fits none of the models
   */
  public static SweepPlan of(
      SweepSettings settings, SettingsFile file, CellIds ids, List<ConfiguredModel> models) {
    List<ModelSpec> named = ids.named(models);
    return new SweepPlan(
        settings, file, ids, named, CellPlan.of(ids, settings, named), Optional.empty());
  }

  /** Whether a cell has this id, or an id that begins so. */
  public boolean knows(String idOrBeginning) {
    return !CellSelection.ids(cells, idOrBeginning).isEmpty();
  }

  /**
   * The same sweep of one cell alone, on the same sequences.
   *
   * @param idOrBeginning of its id
   * @throws io.headroom.UserException if that is not one cell's
   */
  public SweepPlan only(String idOrBeginning) {
    CellPlan cell = CellSelection.only(cells, idOrBeginning);
    String id =
        cell.cells().keySet().stream().findFirst().orElseGet(() -> cell.unbuildable().get(0).id());
    return new SweepPlan(settings, file, ids, models, cell, Optional.of(id));
  }

  /** Two runs with one fingerprint measure the same cells on the same sequences in the same way. */
  public String fingerprint() {
    return ids.ofPlan(this);
  }

  /**
   * How the sequences are measured.
   *
   * @param sequences how many share the time of a cell
   */
  public MeasureSettings measureSettings(String runId, int sequences) {
    return new MeasureSettings(
        runId,
        settings.minSamples(),
        (long) Math.min(LONGEST_WARM_UP_NANOS, settings.maxSecondsPerCell() * 1e9 / 8),
        (long) (settings.maxSecondsPerCell() * 1e9 / Math.max(1, sequences)),
        settings.verifySample(),
        settings.noisyRepeats(),
        (long) (settings.timeLimitSeconds() * 1e9));
  }
}
