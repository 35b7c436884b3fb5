package io.headroom.jobs.plan.folder;

import io.headroom.UserException;
import io.headroom.jobs.deployments.DeploymentTables;
import io.headroom.jobs.deployments.PlannedSearch;
import io.headroom.jobs.plan.rows.CandidateTable;
import io.headroom.jobs.plan.rows.SimulationTable;
import io.headroom.jobs.plan.rows.TimelineTable;
import io.headroom.jobs.plan.rows.WaveTable;
import io.headroom.jobs.results.FolderLock;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.TableColumns;
import io.headroom.jobs.results.TableFiles;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where one plan's results lie: {@code manifest.json}, {@code plan.conf}, and the tables {@code
 * waves}, {@code candidates}, {@code frontier}, {@code simulations}, {@code timeline} and {@code
 * demand}.
 */
public final class PlanFolder {
  public static final String SETTINGS = "plan.conf";

  private final ResultsFolder results;

  private PlanFolder(ResultsFolder results) {
    this.results = results;
  }

  /**
   * @throws UserException if no such folder can be written
   */
  public static PlanFolder at(String out) {
    return new PlanFolder(ResultsFolder.at(out, ResultsKind.PLAN));
  }

  /**
   * Keeps the folder for one run, see {@link ResultsFolder#lock}.
   *
   * @throws UserException if another run holds it, or it cannot be written
   */
  public FolderLock lock(String runId) {
    return results.lock(runId);
  }

  /**
   * Checks before anything starts that the folder may be written by this plan.
   *
   * @throws UserException if it is somebody else's, or cannot be written
   */
  public void requireFor(String fingerprint, boolean resume) {
    results.requireFor(
        fingerprint,
        resume,
        manifest -> manifest.part(PlannedSearch.class).map(PlannedSearch::plan).orElse(""),
        "configuration, trace or profile",
        "what began it");
  }

  /** Makes the folders for tables, and removes what a killed run left half written. */
  public void prepare() {
    results.prepare(
        List.of(
            WaveTable.NAME,
            CandidateTable.NAME,
            CandidateTable.FRONTIER,
            SimulationTable.NAME,
            TimelineTable.NAME,
            DeploymentTables.DEMAND));
  }

  /** What was kept of waves, to which the holder of the lock adds. */
  public TableFiles waves(SparkSession spark) {
    return results.growingTable(
        spark, WaveTable.NAME, new TableColumns(WaveTable.SCHEMA, WaveTable.KEY, WaveTable.ADDED));
  }

  /** What was simulated, to which the holder of the lock adds. */
  public TableFiles simulations(SparkSession spark) {
    return results.growingTable(
        spark,
        SimulationTable.NAME,
        new TableColumns(SimulationTable.SCHEMA, SimulationTable.KEY, Set.of()));
  }

  /** What simulated deployments did over time, to which the holder of the lock adds. */
  public TableFiles timeline(SparkSession spark) {
    return results.growingTable(
        spark,
        TimelineTable.NAME,
        new TableColumns(TimelineTable.SCHEMA, TimelineTable.KEY, Set.of()));
  }

  /** Where the files of a table lie, for reading. */
  public String table(String name) {
    return results.table(name).orElseThrow();
  }

  /**
   * Replaces a table: all that was in its folder.
   *
   * @throws UserException if it cannot be written, such as for want of space
   */
  public void replace(String table, Dataset<Row> rows) {
    results.replaceTable(table, rows);
  }

  public void writeManifest(Manifest manifest) {
    results.writeManifest(manifest);
  }

  /** Replaces the file from which the plan can be made again. */
  public void writeSettings(String hocon) {
    results.write(SETTINGS, hocon);
  }

  @Override
  public String toString() {
    return results.toString();
  }
}
