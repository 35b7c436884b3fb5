package io.headroom.jobs.sweep;

import io.headroom.jobs.BuildInfo;
import io.headroom.jobs.SparkSessions;
import io.headroom.jobs.Units;
import io.headroom.measure.Environment;
import java.io.PrintStream;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a sweep: cells and sequences become shards, shards become waves, every wave is measured by
 * one Spark job and committed as one file, and in the end the cells are summarised.
 */
final class SweepJob {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final SweepPlan plan;
  private final OutputFolder out;
  private final PrintStream messages;
  private final boolean terminal;
  private final String runId = UUID.randomUUID().toString();

  /**
   * @param messages where progress and notes go
   * @param terminal whether they are looked at as they come
   */
  SweepJob(
      SparkSession spark,
      SweepPlan plan,
      OutputFolder out,
      PrintStream messages,
      boolean terminal) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.plan = plan;
    this.out = out;
    this.messages = messages;
    this.terminal = terminal;
  }

  /** What is done when it returns is in the output folder; a killed run loses at most a wave. */
  SweepResult run(boolean resume) {
    Instant started = Instant.now();
    describe("sequences");
    Workload workload = WorkloadReader.read(plan.settings(), () -> spark);
    workload.note().ifPresent(note -> messages.println("sweep: " + note));
    MeasureSettings measure = plan.measureSettings(runId, workload.sequences().size());

    out.create();
    Finished finished =
        resume && out.hasMeasurements() ? Finished.read(measurements()) : Finished.NONE;
    out.writeSettings(plan.file().render());
    out.writeManifest(manifest(started, workload, "running", Map.of()));

    commitUnbuildable(finished);
    List<List<Shard>> waves = waves(workload, measure, finished);
    measure(waves);

    describe("summary");
    out.replaceSummary(SummaryTable.of(measurements()));
    SweepResult result = SweepResult.read(measurements());
    out.writeManifest(manifest(started, workload, "done", result.asMap()));
    return result;
  }

  Dataset<Row> measurements() {
    return out.measurements(spark);
  }

  private List<List<Shard>> waves(Workload workload, MeasureSettings measure, Finished finished) {
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
                shards.addAll(ShardPlan.split(cell, id, missing, measure));
              }
            });
    double waveNanos = plan.settings().waveSeconds() * 1e9;
    return ShardPlan.waves(shards, SparkSessions.slots(spark), waveNanos, finished.lastWave() + 1);
  }

  private void measure(List<List<Shard>> waves) {
    List<Shard> shards = waves.stream().flatMap(List::stream).toList();
    double predictedNanos = shards.stream().mapToLong(Shard::predictedNanos).sum();
    messages.printf(
        "sweep: %d cells, %d shards in %d waves, about %s%n",
        plan.cells().cells().size(),
        shards.size(),
        waves.size(),
        Units.nanos(predictedNanos / SparkSessions.slots(spark)));
    try (SweepProgress progress = new SweepProgress(messages, terminal, shards)) {
      ShardListener listener = new ShardListener(progress);
      spark.sparkContext().addSparkListener(listener);
      try {
        for (int i = 0; i < waves.size(); i++) {
          List<Shard> wave = waves.get(i);
          describe("wave %d of %d, %d shards".formatted(i + 1, waves.size(), wave.size()));
          listener.begin(wave);
          List<Row> rows =
              context.parallelize(wave, wave.size()).mapPartitions(new MeasureShard()).collect();
          listener.end();
          commit(rows);
        }
      } finally {
        spark.sparkContext().removeSparkListener(listener);
      }
    }
  }

  private void commitUnbuildable(Finished finished) {
    MeasurementRows.Origin origin =
        new MeasurementRows.Origin(
            runId, 0, 0, 0, 0, "driver", Environment.hostName(), Timestamp.from(Instant.now()));
    List<Row> rows =
        plan.cells().unbuildable().stream()
            .filter(unbuildable -> !finished.containsCell(unbuildable.id()))
            .map(unbuildable -> MeasurementRows.unbuildable(origin, unbuildable))
            .toList();
    if (!rows.isEmpty()) {
      commit(rows);
    }
  }

  private void commit(List<Row> rows) {
    out.append(spark.createDataFrame(rows, MeasurementTable.SCHEMA));
  }

  private void describe(String step) {
    context.setJobGroup(runId, "headroom sweep " + plan.settings().name() + ": " + step, true);
  }

  private Map<String, Object> manifest(
      Instant started, Workload workload, String state, Map<String, Object> result) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("name", plan.settings().name());
    manifest.put("state", state);
    manifest.put("run_id", runId);
    manifest.put("plan", plan.fingerprint());
    manifest.put("started_at", started.toString());
    manifest.put("wall_seconds", Duration.between(started, Instant.now()).toMillis() / 1e3);
    manifest.put("cells_planned", plan.cells().cells().size() + plan.cells().unbuildable().size());
    manifest.put("sequences", workload.sequences().size());
    workload.note().ifPresent(note -> manifest.put("note", note));
    manifest.putAll(result);
    BuildInfo build = BuildInfo.current();
    manifest.put("headroom_version", build.version());
    manifest.put("git_commit", build.commit());
    manifest.put("schema_version", MeasurementTable.SCHEMA_VERSION);
    manifest.put("spark_version", spark.version());
    manifest.put("spark_master", spark.sparkContext().master());
    manifest.put("driver", Environment.current());
    manifest.put("configuration", plan.file().values());
    return manifest;
  }

  /**
   * What an interrupted run left behind.
   *
   * @param sequences cell and sequence of every row
   * @param lastWave the highest wave; 0 without rows
   */
  private record Finished(Map<String, Set<Integer>> sequences, int lastWave) {
    static final Finished NONE = new Finished(Map.of(), 0);

    static Finished read(Dataset<Row> measurements) {
      Map<String, Set<Integer>> sequences = new LinkedHashMap<>();
      Dataset<Row> keys = measurements.select("cell_id", "sequence_id", "wave");
      int lastWave = 0;
      for (Row row : (Iterable<Row>) keys::toLocalIterator) {
        Set<Integer> ids = sequences.computeIfAbsent(row.getString(0), id -> new HashSet<>());
        if (!row.isNullAt(1)) {
          ids.add(row.getInt(1));
        }
        lastWave = Math.max(lastWave, row.getInt(2));
      }
      return new Finished(sequences, lastWave);
    }

    boolean contains(String cellId, int sequenceId) {
      return sequences.getOrDefault(cellId, Set.of()).contains(sequenceId);
    }

    boolean containsCell(String cellId) {
      return sequences.containsKey(cellId);
    }
  }
}
