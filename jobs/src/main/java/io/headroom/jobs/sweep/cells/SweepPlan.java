package io.headroom.jobs.sweep.cells;

import io.headroom.Fingerprint;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.model.ModelSpec;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known before Spark starts.
 *
 * @param file what the settings were read from
 * @param only the id of the one cell that is measured; empty: all
 */
public record SweepPlan(
    SweepSettings settings, SettingsFile file, CellPlan cells, Optional<String> only) {
  private static final double LONGEST_WARM_UP_NANOS = 2e9;

  /**
   * @param models what the settings' models resolve to, in their order
   * @throws io.headroom.UserException if a number of KV heads fits none of the models
   */
  public static SweepPlan of(SweepSettings settings, SettingsFile file, List<ModelSpec> models) {
    return new SweepPlan(settings, file, CellPlan.of(settings, models), Optional.empty());
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
    return new SweepPlan(settings, file, cell, Optional.of(id));
  }

  /** Two runs with one fingerprint measure the same cells on the same sequences in the same way. */
  public String fingerprint() {
    SweepSettings settings = settings();
    String everything =
        String.join("\n", cells.cells().keySet())
            + "\n"
            + settings.sequences()
            + settings.decodeTokens()
            + settings.minSamples()
            + settings.maxSecondsPerCell()
            + settings.noisyRepeats()
            + settings.verifySample();
    return Fingerprint.of(everything, 16);
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
