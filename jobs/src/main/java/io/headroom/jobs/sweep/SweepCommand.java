package io.headroom.jobs.sweep;

import io.headroom.UserException;
import io.headroom.jobs.cli.ExitStatus;
import io.headroom.jobs.cli.Terminal;
import io.headroom.jobs.measurements.SweepResult;
import io.headroom.jobs.results.FolderLock;
import io.headroom.jobs.spark.MeasuringSpark;
import io.headroom.jobs.spark.SparkLease;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.SweepPlan;
import io.headroom.jobs.sweep.cost.CostFile;
import io.headroom.jobs.sweep.cost.CostModel;
import io.headroom.jobs.sweep.folder.SweepFolder;
import io.headroom.jobs.sweep.rows.ResultTable;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.sweep.settings.SweepSize;
import io.headroom.jobs.workload.Workload;
import io.headroom.jobs.workload.WorkloadReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headroom sweep}: the main job. */
@Command(
    name = "sweep",
    description = "Measures every configuration of a sweep on every sequence and writes Parquet.",
    footer = {
      "%nA sequence that is not done within measure.time-limit-seconds becomes a failed row, and the",
      "others go on. It is 600 unless CONF sets it, or ten times measure.max-seconds-per-cell if",
      "that is more."
    },
    mixinStandardHelpOptions = true)
public final class SweepCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "CONF",
      description =
          "The sweep, a HOCON file such as those in conf/sweeps, or sweep.conf or manifest.json of results.")
  private Path conf;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results; new, or with --resume the one to finish.")
  private String out;

  @Option(
      names = "--resume",
      description = "Measure what an interrupted run of the same sweep left out.")
  private boolean resume;

  @Option(
      names = "--costs",
      paramLabel = "DIR",
      description = "Predict times from what the sweep in DIR learnt.")
  private String costs;

  @Option(
      names = "--retry-failed",
      description =
          "With --resume: measure failed rows again too; the new row takes the failed one's place, all others stay.")
  private boolean retryFailed;

  @Option(
      names = "--only",
      paramLabel = "CELL",
      description = "Measure one cell alone, as in the whole sweep: its id or the beginning of it.")
  private String only;

  @Option(
      names = "--dry-run",
      description = "Print the cells, their KV bytes and the predicted time, and measure nothing.")
  private boolean dryRun;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key of the file, such as sweep.seed=7; repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() {
    if (retryFailed && !resume) {
      throw new UserException(
          "--retry-failed: is there without --resume; allowed: --resume --retry-failed");
    }
    SweepPlanner planner = new SweepPlanner(conf, overrides);
    Optional<CellIds> resumed =
        resume && out != null ? SweepFolder.at(out).cellIds() : Optional.empty();
    SweepPlan plan = only == null ? planner.all(resumed) : planner.only(resumed, only);
    CostModel knownCosts = costs == null ? CostModel.BUILT_IN : CostFile.read(costs);
    plan.cells().shared().forEach(shared -> System.err.println("sweep: " + shared.sentence()));
    if (dryRun) {
      return dryRun(plan, knownCosts);
    }
    if (out == null) {
      throw new UserException("--out DIR is missing: where should the results go?");
    }
    MeasuringSpark.requireExclusive(new SparkConf());
    SweepFolder folder = SweepFolder.at(out);
    folder.requireFor(plan.fingerprint(), resume);
    try (SparkLease spark = new SparkLease("headroom sweep " + plan.settings().name())) {
      Workload workload = read(plan, spark::beforeMeasuring);
      try (FolderLock lock = folder.lock(UUID.randomUUID().toString())) {
        // Whoever held the folder until now may have begun a sweep in it.
        folder.requireFor(plan.fingerprint(), resume);
        return sweep(
            new SweepJob(
                spark.measuring(),
                plan,
                workload,
                knownCosts,
                lock.runId(),
                folder,
                System.err,
                Terminal.isThere(System.getenv())),
            plan.settings(),
            folder);
      }
    }
  }

  private int sweep(SweepJob job, SweepSettings settings, SweepFolder folder) {
    SweepResult result = job.run(retryFailed);
    System.out.print(ResultTable.of(job.measurements(), settings));
    System.out.printf(
        "%d rows of %d cells in %s/measurements, one row a cell in %s/summary%n",
        result.rows(), result.cells(), folder, folder);
    if (result.rowsUnsupported() > 0) {
      System.out.printf(
          "%d rows are unsupported; column reason says why%n", result.rowsUnsupported());
    }
    if (result.rowsNoisy() > 0 || result.rowsUnsteady() > 0) {
      System.out.printf(
          "%d rows are noisy and %d not steady; columns noisy and steady say which%n",
          result.rowsNoisy(), result.rowsUnsteady());
    }
    if (result.rowsFailed() > 0) {
      System.out.printf("%d rows failed; column reason says why%n", result.rowsFailed());
      return ExitStatus.BAD_RESULT;
    }
    return ExitStatus.DONE;
  }

  private static int dryRun(SweepPlan plan, CostModel knownCosts) {
    try (SparkLease spark = new SparkLease("headroom sweep --dry-run")) {
      DryRun.print(plan, read(plan, spark::analysing), knownCosts, System.out);
      return ExitStatus.DONE;
    }
  }

  private static Workload read(SweepPlan plan, Supplier<SparkSession> spark) {
    SweepSettings settings = plan.settings();
    Workload workload =
        WorkloadReader.read(
            settings.sequences(),
            settings.decodeTokens(),
            settings.seed(),
            (source, sequences) -> SweepSize.requirePossible(source, settings, sequences),
            spark);
    workload.note().ifPresent(note -> System.err.println("sweep: " + note));
    return workload;
  }
}
