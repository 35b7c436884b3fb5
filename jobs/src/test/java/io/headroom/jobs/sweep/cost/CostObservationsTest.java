package io.headroom.jobs.sweep.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headroom.UserException;
import io.headroom.jobs.cli.BestEffort;
import io.headroom.jobs.results.FolderLock;
import io.headroom.jobs.results.Manifest;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MadeUpRows;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.ShardResult;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvFormat;
import io.headroom.kvcache.KvPrecision;
import io.headroom.measure.SequenceWork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep learns what work costs, predicts with it, and leaves it to later ones. */
class CostObservationsTest {
  private static final Cell CELL = Sweeps.cell(Sweeps.qwen(), KvPrecision.INT8);
  private static final PhaseCost PREFILL = new PhaseCost(30_000, 0.02, 0.3);
  private static final PhaseCost DECODE = new PhaseCost(9_000, 0.05, 0.02);
  private static final CostModel TRUTH =
      new CostModel(
          Map.of(CostKey.of(CELL, Phase.PREFILL), PREFILL, CostKey.of(CELL, Phase.DECODE), DECODE),
          1);
  private static final double MEASURING_SCALE = 1.5;
  private static final List<Sequence> SEQUENCES =
      IntStream.range(0, 30).mapToObj(id -> new Sequence(id, 1 << id % 12, 5)).toList();

  private final List<String> told = new ArrayList<>();
  private final BestEffort effort = new BestEffort(told::add);

  @TempDir Path folder;

  @Test
  void learnsWhatWorkCosts() {
    CostObservations costs = learnt();

    CostModel model = costs.model();

    for (Sequence sequence : SEQUENCES) {
      assertThat(model.passNanos(CELL).applyAsDouble(sequence))
          .isCloseTo(TRUTH.passNanos(CELL).applyAsDouble(sequence), Percentage.withPercentage(2));
    }
    assertThat(model.fitted()).hasSize(2);
    Cell other = Sweeps.cell(Sweeps.qwen(), KvPrecision.F32);
    assertThat(model.prefillNanos(other, 100))
        .isEqualTo(CostModel.BUILT_IN.prefillNanos(other, 100));
  }

  @Test
  void learnsHowMuchLongerMeasuringTakes() {
    CostObservations costs = new CostObservations(TRUTH, effort);
    costs.add(shard(), result());
    costs.fit();

    assertThat(costs.model().measuringScale())
        .isCloseTo(MEASURING_SCALE, Percentage.withPercentage(0.1));
  }

  @Test
  void rowsWithoutTimesTeachNothing() {
    CostObservations costs = new CostObservations(CostModel.BUILT_IN, effort);
    MeasuredRow failed = MadeUpRows.failed(CELL, SEQUENCES.get(0), "broken");

    costs.add(new CellWork(CELL), SEQUENCES.get(0), failed);

    assertThat(costs.fit()).isEqualTo(CostModel.BUILT_IN);
  }

  @Test
  void timesThatCannotBeTeachNothing() {
    CostObservations costs = new CostObservations(CostModel.BUILT_IN, effort);
    for (long nanos : new long[] {0, -1, Long.MIN_VALUE}) {
      MeasuredRow row = MadeUpRows.measured(CELL, SEQUENCES.get(0), nanos, Double.NaN);
      costs.add(new CellWork(CELL), SEQUENCES.get(0), row);
    }

    assertThat(costs.fit()).isEqualTo(CostModel.BUILT_IN);
    assertThat(told).isEmpty();
  }

  /** What fits nothing is told once, and the sweep is predicted as before. */
  @Test
  void costsThatCannotBeLearntStayAsTheyWere() {
    CostObservations costs = new CostObservations(CostModel.BUILT_IN, effort);
    for (int i = 0; i < 3; i++) {
      costs.add(
          new CellWork(CELL),
          SEQUENCES.get(i),
          MadeUpRows.measured(CELL, SEQUENCES.get(i), 1, Double.MIN_VALUE));
      CostModel model = costs.fit();
      assertThat(model.passNanos(CELL).applyAsDouble(SEQUENCES.get(0))).isPositive().isFinite();
      assertThat(model.measuringScale()).isEqualTo(1);
    }

    assertThat(told).doesNotHaveDuplicates().allMatch(line -> line.startsWith("costs were not"));
  }

  @Test
  void rowsAreToldWhatWasPredictedBeforeTheyWereLearntFrom() {
    CostObservations costs = new CostObservations(CostModel.BUILT_IN, effort);
    Shard shard = shard();
    List<MeasuredRow> before = costs.predicted(shard, result().rows());
    costs.add(shard, result());
    costs.fit();
    List<MeasuredRow> after = costs.predicted(shard, result().rows());

    for (Sequence sequence : SEQUENCES) {
      assertThat(before.get(sequence.id()).driver().predictedNanos())
          .isEqualTo((long) CostModel.BUILT_IN.passNanos(CELL).applyAsDouble(sequence));
      assertThat((double) after.get(sequence.id()).driver().predictedNanos())
          .isCloseTo(TRUTH.passNanos(CELL).applyAsDouble(sequence), Percentage.withPercentage(2));
    }
  }

  @Test
  void theManifestHasWhatWasLearnt() {
    CostModel model = learnt().model();
    ResultsFolder results = ResultsFolder.at(folder.toString(), ResultsKind.SWEEP);
    FolderLock lock = results.lock("run");
    results.writeManifest(Manifest.of(LearntCosts.of(model)));
    lock.close();

    assertThat(CostFile.read(folder.toString())).isEqualTo(model);
  }

  @Test
  void aFolderWithoutCostsIsAMistake() {
    assertMistake(": holds no manifest.json; allowed: the results of a sweep");
    assertMistake(
        "{}",
        ": manifest.json: cost_model = missing; allowed: the results of a sweep that came to its"
            + " end");
    assertMistake(
        "{\"cost_model\": {\"measuring_scale\": 0, \"constants\": []}}",
        ": manifest.json: measuring_scale = 0; allowed: a number above 0");
    assertMistake(
        "{\"cost_model\": {\"constants\": [{\"engine\": \"vector\", \"kv_precision\": \"f33\"}]}}",
        ": manifest.json: kv_precision = \"f33\"; allowed: " + KvFormat.labels());
    assertMistake(
        "{\"cost_model\": {\"constants\": [{\"kv_precision\": \"f32\", \"phase\": \"rest\"}]}}",
        ": manifest.json: phase = \"rest\"; allowed: prefill, decode");
  }

  private void assertMistake(String manifest, String message) {
    ScratchSweep.write(folder.resolve("manifest.json"), manifest);
    assertMistake(message);
  }

  private void assertMistake(String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> CostFile.read(folder.toString()))
        .withMessage("--costs " + folder + message);
  }

  private CostObservations learnt() {
    CostObservations costs = new CostObservations(CostModel.BUILT_IN, effort);
    costs.add(shard(), result());
    costs.fit();
    return costs;
  }

  private static Shard shard() {
    return new Shard(CELL, CellIds.current().of(CELL), SEQUENCES, Sweeps.MEASURE, 1);
  }

  /** What is measured where the truth is exact. */
  private static ShardResult result() {
    List<MeasuredRow> rows =
        SEQUENCES.stream()
            .map(
                sequence -> {
                  SequenceWork work = new CellWork(CELL).of(sequence);
                  return MadeUpRows.measured(
                      CELL,
                      sequence,
                      (long) PREFILL.nanos(work.prefill()),
                      DECODE.nanos(work.decode()));
                })
            .toList();
    double nanos = TRUTH.predicted(shard()).predictedNanos();
    return new ShardResult(rows, (long) (MEASURING_SCALE * nanos));
  }
}
