package io.headroom.jobs.sweep;

import io.headroom.UserException;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.settings.ProjectFolders;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.SweepPlan;
import io.headroom.jobs.sweep.folder.SweepFolder;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.sweep.settings.SweepSettingsReader;
import io.headroom.model.config.ConfiguredModel;
import io.headroom.model.config.ModelCatalogue;
import io.headroom.model.config.ReadingOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Plans what a command line asks for. Cells are known by the rule of the folder that is resumed;
 * otherwise by that of the results from whose files the sweep is run again, so that a repetition
 * has the ids of what it repeats; otherwise by the current one.
 */
final class SweepPlanner {
  private final SettingsFile file;
  private final SweepSettings settings;
  private final Optional<CellIds> idsOfConfiguration;
  private final List<ConfiguredModel> models;

  /**
   * @param configuration a HOCON file, or {@code sweep.conf} or {@code manifest.json} of results
   * @param overrides {@code key=value}, each as given to {@code --set}
   * @throws UserException if a setting or a model is wrong, missing or unknown
   */
  SweepPlanner(Path configuration, List<String> overrides) {
    SettingsFile written =
        SettingsFile.readOrRecall(
            ProjectFolders.configuration(configuration),
            ResultsFolder.CONFIGURATION,
            SweepSettings.DEFAULTS,
            overrides);
    this.settings = SweepSettingsReader.read(written);
    this.file = settings.locatedIn(written);
    this.idsOfConfiguration = SweepFolder.cellIdsOf(configuration);
    ModelCatalogue catalogue = ProjectFolders.models();
    ReadingOptions options = new ReadingOptions(settings.assumePlain(), 0, OptionalInt.empty());
    this.models =
        naming(
            () ->
                settings.models().stream()
                    .map(model -> requireMeasurable(catalogue.locate(model, options)))
                    .toList());
  }

  private static ConfiguredModel requireMeasurable(ConfiguredModel configured) {
    configured
        .model()
        .unmeasurable()
        .ifPresent(
            reason -> {
              throw new UserException(
                  "sweep.models: %s %s, so there is nothing to measure; headroom kv counts its bytes"
                      .formatted(configured.model().name(), reason));
            });
    return configured;
  }

  /**
   * All cells.
   *
   * @param resumed the rule of the folder that is resumed
   * @throws UserException if a number of KV heads fits none of the models
   */
  SweepPlan all(Optional<CellIds> resumed) {
    return plan(resumed.or(() -> idsOfConfiguration).orElse(CellIds.current()));
  }

  /**
   * One cell. An id that the rule does not make may be of another one, unless a folder is resumed.
   *
   * @param resumed the rule of the folder that is resumed
   * @param idOrBeginning of its id
   * @throws UserException if that is not one cell's
   */
  SweepPlan only(Optional<CellIds> resumed, String idOrBeginning) {
    SweepPlan all = all(resumed);
    if (resumed.isPresent() || all.knows(idOrBeginning)) {
      return all.only(idOrBeginning);
    }
    return CellIds.all().stream()
        .map(this::plan)
        .filter(other -> other.knows(idOrBeginning))
        .findFirst()
        .orElse(all)
        .only(idOrBeginning);
  }

  private SweepPlan plan(CellIds ids) {
    return naming(() -> SweepPlan.of(settings, file, ids, models));
  }

  /** Mistakes name the file. */
  private <T> T naming(Supplier<T> step) {
    try {
      return step.get();
    } catch (UserException e) {
      throw new UserException("%s: %s".formatted(file.file(), e.getMessage()), e);
    }
  }
}
