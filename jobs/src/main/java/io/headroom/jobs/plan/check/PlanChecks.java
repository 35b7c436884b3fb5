package io.headroom.jobs.plan.check;

import io.headroom.jobs.cli.JsonLine;
import io.headroom.jobs.results.WholeFile;
import io.headroom.jobs.settings.AcceleratorProfiles;
import io.headroom.model.config.HubModels;
import io.headroom.plan.memory.EngineOverheads;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is predicted held against what servers did, as text or as one JSON object. */
public final class PlanChecks {
  private final HubModels models;
  private final EngineOverheads overheads;
  private final boolean json;

  /**
   * @param overheads a file that changes what an engine takes besides weights and cache
   * @param changes the same as {@code key=value}, which go before the file
   * @throws io.headroom.UserException if one is wrong or unknown
   */
  public PlanChecks(
      HubModels models, Optional<Path> overheads, List<String> changes, boolean json) {
    this.models = models;
    this.overheads =
        OverheadOption.parse(
            overheads.map(OverheadsFile::read).orElse(EngineOverheads.USUAL), changes);
    this.json = json;
  }

  /**
   * Predicted pools against those that engines logged.
   *
   * @throws io.headroom.UserException if the table is wrong
   */
  public String pools(Path table) {
    List<LoggedPool> logged =
        CsvTable.read(table, LoggedPool.COLUMNS).rows().stream().map(LoggedPool::of).toList();
    PoolReport report = new PoolCheck(models, overheads).check(logged);
    return json ? JsonLine.of(report.json()) : report.text();
  }

  /**
   * Predicted closed-loop runs against real ones.
   *
   * @param costs of the engines: known, none, fitted or left-out
   * @param rows where every run is written beside what was predicted of it
   * @throws io.headroom.UserException if the table or a choice is wrong
   */
  public String serving(Path table, String costs, Optional<Path> rows) {
    List<ServedRun> served =
        CsvTable.read(table, ServedRun.COLUMNS).rows().stream().map(ServedRun::of).toList();
    ServingCheck check = new ServingCheck(models, new AcceleratorProfiles()::of, overheads);
    ServingReport report = check.check(served, CostChoice.named(costs));
    rows.ifPresent(file -> WholeFile.at(file).write(report.csv()));
    return json ? JsonLine.of(report.json()) : report.text();
  }
}
