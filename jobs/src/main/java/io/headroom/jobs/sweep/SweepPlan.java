package io.headroom.jobs.sweep;

import io.headroom.jobs.settings.SettingsFile;
import io.headroom.model.ModelSpec;
import java.util.List;

/**
 * Everything that is known before Spark starts.
 *
 * @param file what the settings were read from
 */
record SweepPlan(SweepSettings settings, SettingsFile file, CellPlan cells) {
  private static final double LONGEST_WARM_UP_NANOS = 2e9;

  static SweepPlan of(SweepSettings settings, SettingsFile file, List<ModelSpec> models) {
    return new SweepPlan(settings, file, CellPlan.of(settings, models));
  }

  /** Two runs with one fingerprint measure the same cells on the same sequences in the same way. */
  String fingerprint() {
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

  MeasureSettings measureSettings(String runId, int sequences) {
    return new MeasureSettings(
        runId,
        settings.minSamples(),
        (long) Math.min(LONGEST_WARM_UP_NANOS, settings.maxSecondsPerCell() * 1e9 / 8),
        (long) (settings.maxSecondsPerCell() * 1e9 / Math.max(1, sequences)),
        settings.verifySample(),
        settings.noisyRepeats());
  }
}
