package io.headroom.jobs.sweep.folder;

import io.headroom.UserException;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.PlannedSweep;
import io.headroom.jobs.results.FolderLock;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where one sweep's results lie: {@code manifest.json}, {@code sweep.conf}, {@code measurements}
 * and {@code summary}.
 */
public final class SweepFolder {
  private static final String SUMMARY = "summary";
  private static final String SETTINGS = "sweep.conf";

  private final ResultsFolder results;

  private SweepFolder(ResultsFolder results) {
    this.results = results;
  }

  /**
   * @throws UserException if no such folder can be written
   */
  public static SweepFolder at(String out) {
    return new SweepFolder(ResultsFolder.at(out, ResultsKind.SWEEP));
  }

  /**
   * Keeps the folder for one run, see {@link ResultsFolder#lock}.
   *
   * @throws UserException if another run holds it, or it cannot be written
   */
  public FolderLock lock(String runId) {
    return results.lock(runId);
  }

  /** The measurements, to which the holder of the lock adds. */
  public MeasurementFiles measurements(SparkSession spark) {
    return new MeasurementFiles(
        results.growingTable(spark, MeasurementTable.NAME, MeasurementFiles.COLUMNS));
  }

  /**
   * Replaces the summary: all that was in its folder.
   *
   * @throws UserException if it cannot be written, such as for want of space
   */
  public void replaceSummary(Dataset<Row> rows) {
    results.replaceTable(SUMMARY, rows);
  }

  /**
   * The rule by which the cells of the sweep in the folder are known; empty if there is none.
   *
   * @throws UserException if its manifest cannot be read, or names a rule that is not known
   */
  public Optional<CellIds> cellIds() {
    return results
        .manifest()
        .map(manifest -> cellIds(this + "/" + ResultsFolder.MANIFEST, planned(manifest)));
  }

  /**
   * The same of results to which a configuration belongs: {@code manifest.json} or what lies beside
   * it; empty if it is a configuration of its own.
   *
   * @param configuration a file that can be read
   * @throws UserException if the manifest names a rule that is not known
   */
  public static Optional<CellIds> cellIdsOf(Path configuration) {
    boolean isManifest = configuration.toString().endsWith(".json");
    if (!isManifest && !configuration.endsWith(SETTINGS)) {
      return Optional.empty();
    }
    Path file =
        isManifest
            ? configuration
            : configuration.toAbsolutePath().resolveSibling(ResultsFolder.MANIFEST);
    return Manifest.in(file)
        .flatMap(manifest -> manifest.part(PlannedSweep.class))
        .filter(planned -> !planned.plan().isEmpty())
        .map(planned -> cellIds(file.toString(), planned));
  }

  private static CellIds cellIds(String file, PlannedSweep planned) {
    return CellIds.ofVersion(planned.cellIds())
        .orElseThrow(
            () ->
                new UserException(
                    "%s: cell_ids = %d; allowed: %s"
                        .formatted(
                            file,
                            planned.cellIds(),
                            CellIds.all().stream()
                                .map(ids -> String.valueOf(ids.version()))
                                .sorted()
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * Checks before anything starts that the folder may be written by this sweep.
   *
   * @throws UserException if it is somebody else's, or cannot be written
   */
  public void requireFor(String planFingerprint, boolean resume) {
    results.requireFor(
        planFingerprint,
        resume,
        manifest -> planned(manifest).plan(),
        "configuration",
        "the configuration that began it");
  }

  /**
   * Checks that the sweep in the folder, if there is one, was begun on the same sequences.
   *
   * @throws UserException if it was not, such as for a trace that has changed
   */
  public void requireWorkload(Workload workload) {
    Optional<Manifest> manifest = results.manifest();
    if (manifest.isEmpty()) {
      return;
    }
    PlannedSweep begun = planned(manifest.get());
    if (begun.workload().equals(workload.fingerprint())) {
      return;
    }
    throw new UserException(
        "--out %s: holds the sweep %s, begun on other sequences: %d then, %d of other lengths now; allowed: a new folder, or --resume with the sequences that began it"
            .formatted(
                this, manifest.get().run().name(), begun.sequences(), workload.sequences().size()));
  }

  private static PlannedSweep planned(Manifest manifest) {
    return manifest.part(PlannedSweep.class).orElse(PlannedSweep.UNKNOWN);
  }

  /**
   * Makes the folders for tables, and removes what a killed run left half written.
   *
   * @throws UserException if they cannot be made, or another run has taken the folder over
   */
  public void prepare() {
    results.prepare(List.of(MeasurementTable.NAME, SUMMARY));
  }

  /**
   * Replaces the manifest as a whole.
   *
   * @throws UserException if it cannot be written, or another run has taken the folder over
   */
  public void writeManifest(Manifest manifest) {
    results.writeManifest(manifest);
  }

  /**
   * Replaces the file from which the sweep can be run again.
   *
   * @throws UserException if it cannot be written, or another run has taken the folder over
   */
  public void writeSettings(String hocon) {
    results.write(SETTINGS, hocon);
  }

  @Override
  public String toString() {
    return results.toString();
  }
}
