package io.headroom.jobs.sweep;

import io.headroom.host.Environment;
import io.headroom.host.Ticker;
import io.headroom.jobs.cli.BestEffort;
import io.headroom.jobs.cli.BuildInfo;
import io.headroom.jobs.cli.Units;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.MeasuringHosts;
import io.headroom.jobs.measurements.MeasuringTime;
import io.headroom.jobs.measurements.PlannedSweep;
import io.headroom.jobs.measurements.PredictionError;
import io.headroom.jobs.measurements.SummaryTable;
import io.headroom.jobs.measurements.SweepResult;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.Provenance;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.RunState;
import io.headroom.jobs.spark.InterpretedQueries;
import io.headroom.jobs.spark.MeasuringSpark;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.SweepPlan;
import io.headroom.jobs.sweep.cost.CostModel;
import io.headroom.jobs.sweep.cost.CostObservations;
import io.headroom.jobs.sweep.cost.LearntCosts;
import io.headroom.jobs.sweep.folder.FinishedRows;
import io.headroom.jobs.sweep.folder.MeasurementFiles;
import io.headroom.jobs.sweep.folder.SweepFolder;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.MeasurementRows;
import io.headroom.jobs.sweep.rows.RowOrigin;
import io.headroom.jobs.sweep.schedule.MeasuringLoop;
import io.headroom.jobs.sweep.schedule.PackQueue;
import io.headroom.jobs.sweep.schedule.PackSchedule;
import io.headroom.jobs.sweep.schedule.ShardPlan;
import io.headroom.jobs.sweep.schedule.SlotUse;
import io.headroom.jobs.sweep.schedule.SweepProgress;
import io.headroom.jobs.sweep.schedule.WaveCommitter;
import io.headroom.jobs.workload.Sequence;
import io.headroom.jobs.workload.Workload;
import io.headroom.model.ModelIdentity;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a sweep: cells and sequences become shards, shards become packs that Spark tasks measure,
 * what they measured is committed in waves, and in the end the cells are summarised.
 */
final class SweepJob {
  /**
   * Of {@code wave-seconds}: a folder that takes no rows is known soon, the first costs are learnt
   * early, and what writing needs is compiled while others measure, not when all wait for the last
   * wave.
   */
  private static final double FIRST_WAVE_SHARE = 0.1;

  /**
   * Of {@code wave-seconds}: while one wave is written the next may wait and one more be open, and
   * a killed driver loses all three.
   */
  private static final double WAVE_SHARE = 1.0 / 3;

  /** What rows name that were not measured; the first wave is 1. */
  private static final int NO_WAVE = 0;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final SweepPlan plan;
  private final Workload workload;
  private final CostModel knownCosts;
  private final SweepFolder out;
  private final PrintStream messages;
  private final boolean terminal;
  private final String runId;
  private final MeasurementFiles files;
  private final BestEffort effort;

  /**
   * @param knownCosts what work is taken to cost until it is measured
   * @param out locked by this run
   * @param messages where progress and notes go
   * @param terminal whether they are looked at as they come
   */
  SweepJob(
      SparkSession spark,
      SweepPlan plan,
      Workload workload,
      CostModel knownCosts,
      String runId,
      SweepFolder out,
      PrintStream messages,
      boolean terminal) {
    long rows = (long) plan.cells().cells().size() * workload.sequences().size();
    this.spark = InterpretedQueries.forFew(spark, rows);
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.plan = plan;
    this.workload = workload;
    this.knownCosts = knownCosts;
    this.runId = runId;
    this.out = out;
    this.files = out.measurements(this.spark);
    this.messages = messages;
    this.terminal = terminal;
    this.effort = new BestEffort(message -> messages.println("sweep: " + message));
  }

  /**
   * What is done when it returns is in the output folder; a killed run loses at most a wave.
   *
   * @param retryFailed whether the failed rows of earlier runs are measured again
   */
  SweepResult run(boolean retryFailed) {
    RunState run = begun();
    MeasureSettings measure = plan.measureSettings(runId, workload.sequences().size());

    out.requireWorkload(workload);
    FinishedRows finished = finished(retryFailed);
    PlannedSweep planned = planned();
    Provenance provenance = provenance();
    out.writeManifest(Manifest.of(run, planned, provenance));
    out.writeSettings(plan.file().render());
    out.prepare();

    commitUnbuildable(finished);
    CostObservations costs = new CostObservations(knownCosts, effort);
    if (finished.lastWave() > 0) {
      effort.run(
          "costs were not learnt from the rows of earlier runs",
          () -> costs.addAll(measurements(), plan.cells().cells(), workload.sequences()));
    }
    List<Shard> shards = shards(measure, finished, costs.fit());
    SlotUse use = measure(shards, finished.lastWave() + 1, costs);
    messages.println("sweep: " + use);

    describe("summary");
    out.replaceSummary(SummaryTable.of(measurements()));
    SweepResult result = SweepResult.read(measurements());
    List<Record> parts = new ArrayList<>();
    parts.add(run.at(Instant.now(), RunState.DONE));
    parts.add(planned);
    parts.add(result);
    parts.add(MeasuringHosts.read(measurements()));
    parts.add(new MeasuringTime(use.measuringSeconds(), use.slotSeconds(), use.share()));
    effort
        .<Optional<PredictionError>>orElse(
            "the error of predictions is not told",
            Optional.empty(),
            () -> Optional.of(PredictionError.read(measurements())))
        .ifPresent(parts::add);
    parts.add(LearntCosts.of(costs.fit()));
    parts.add(provenance);
    out.writeManifest(Manifest.of(parts.toArray(Record[]::new)));
    return result;
  }

  Dataset<Row> measurements() {
    return files.read();
  }

  private FinishedRows finished(boolean retryFailed) {
    long startNanos = System.nanoTime();
    describe("what is finished");
    FinishedRows finished = files.finished(plan.cells(), workload.sequences().size(), retryFailed);
    if (finished.rows() > 0) {
      messages.printf(
          "sweep: %s rows of earlier runs, read in %s; %s of them are measured again%n",
          Units.count(finished.rows()),
          Units.nanos(System.nanoTime() - startNanos),
          Units.count(finished.failed().size()));
    }
    return finished;
  }

  private List<Shard> shards(MeasureSettings measure, FinishedRows finished, CostModel costs) {
    List<Shard> shards = new ArrayList<>();
    plan.cells()
        .cells()
        .forEach(
            (id, cell) -> {
              List<Sequence> missing =
                  workload.sequences().stream()
                      .filter(sequence -> !finished.contains(id, sequence.id()))
                      .toList();
              if (!missing.isEmpty()) {
                shards.addAll(ShardPlan.split(cell, id, missing, measure, costs));
              }
            });
    return shards;
  }

  private SlotUse measure(List<Shard> shards, int firstWave, CostObservations costs) {
    double waveNanos = plan.settings().waveSeconds() * 1e9;
    int slots = Math.max(1, MeasuringSpark.slots(spark));
    messages.printf(
        "sweep: %d cells, %d shards, about %s on %d slot%s%n",
        plan.cells().cells().size(),
        shards.size(),
        effort.orElse(
            "the time is not predicted",
            "unknown time",
            () -> Units.nanos(PackSchedule.makespanNanos(new PackQueue(shards, waveNanos), slots))),
        slots,
        slots == 1 ? "" : "s");
    describe("%d shards".formatted(shards.size()));
    try (SweepProgress progress = new SweepProgress(messages, terminal, shards);
        WaveCommitter committer =
            new WaveCommitter(
                this::commit,
                firstWave,
                FIRST_WAVE_SHARE * waveNanos,
                WAVE_SHARE * waveNanos,
                Ticker.system())) {
      MeasuringLoop loop = new MeasuringLoop(spark, committer, progress, costs, effort);
      return loop.run(new PackQueue(shards, waveNanos));
    } catch (SparkException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  private void commitUnbuildable(FinishedRows finished) {
    RowOrigin origin =
        new RowOrigin(runId, 0, 0, 0, "driver", Environment.hostName(), Instant.now());
    List<MeasuredRow> rows =
        plan.cells().unbuildable().stream()
            .filter(unbuildable -> !finished.containsCell(unbuildable.id()))
            .map(unbuildable -> MeasurementRows.unbuildable(origin, unbuildable))
            .map(row -> row.withWave(NO_WAVE))
            .toList();
    if (!rows.isEmpty()) {
      commit(NO_WAVE, rows);
    }
  }

  private void commit(int wave, List<MeasuredRow> rows) {
    describe("wave %d, %d rows".formatted(wave, rows.size()));
    files.commit(rows);
  }

  private void describe(String step) {
    context.setJobGroup(runId, "headroom sweep " + plan.settings().name() + ": " + step, true);
  }

  private RunState begun() {
    return RunState.begun(
        ResultsKind.SWEEP,
        plan.settings().name(),
        runId,
        Instant.now(),
        workload.note().orElse(null),
        MeasurementTable.SCHEMA_VERSION);
  }

  private PlannedSweep planned() {
    return new PlannedSweep(
        plan.fingerprint(),
        plan.ids().version(),
        models(),
        plan.only().orElse(null),
        plan.cells().cells().size() + plan.cells().unbuildable().size(),
        workload.sequences().size(),
        workload.fingerprint());
  }

  private Provenance provenance() {
    BuildInfo build = BuildInfo.current();
    return Provenance.of(build.version(), build.commit(), spark, plan.file().values());
  }

  private List<PlannedSweep.NamedModel> models() {
    return plan.models().stream()
        .map(model -> new PlannedSweep.NamedModel(model.name(), ModelIdentity.ofAttention(model)))
        .distinct()
        .toList();
  }
}
