package io.headroom.jobs.sweep.cost;

import static org.apache.spark.sql.functions.col;

import io.headroom.attention.PhaseWork;
import io.headroom.fit.LogLinearFit;
import io.headroom.fit.LogLinearFit.Observation;
import io.headroom.jobs.cli.BestEffort;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.RowMeasurement;
import io.headroom.jobs.sweep.rows.ShardResult;
import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.SequenceWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a sweep has learnt of the time that work takes. Of every kind of work a sample is kept, so
 * that a long sweep takes no more memory than a short one.
 */
public final class CostObservations {
  private static final String NOT_LEARNT = "costs were not learnt";

  private final CostModel known;
  private final BestEffort effort;
  private final Map<CostKey, Sample> samples = new HashMap<>();
  private final Set<CostKey> changed = new HashSet<>();
  private CostModel model;
  private double predictedNanos;
  private double measuredNanos;

  /**
   * @param known what holds where nothing was measured yet
   * @param effort tells the user of costs that could not be learnt
   */
  public CostObservations(CostModel known, BestEffort effort) {
    this.known = known;
    this.effort = effort;
    this.model = known;
  }

  /** What was fitted last. */
  CostModel model() {
    return model;
  }

  /** Takes notice of a shard: what its rows say, and how long it took. */
  public void add(Shard shard, ShardResult result) {
    CellWork work = new CellWork(shard.cell());
    Map<Integer, Sequence> sequences = byId(shard);
    for (MeasuredRow row : result.rows()) {
      add(work, sequences.get(row.sequence().id()), row);
    }
    predictedNanos += model.predicted(shard).predictedNanos();
    measuredNanos += result.measuringNanos();
  }

  /** Takes notice of a row of a cell. */
  void add(CellWork ofCell, Sequence sequence, MeasuredRow row) {
    if (!row.isOk()) {
      return;
    }
    RowMeasurement measured = row.measurement();
    add(ofCell, sequence, measured.prefill().p50Nanos(), measured.decode().meanNanos());
  }

  /**
   * Takes notice of the times of a sequence.
   *
   * @param decodeNanos of a token; null where none was decoded
   */
  private void add(CellWork ofCell, Sequence sequence, long prefillNanos, Double decodeNanos) {
    Cell cell = ofCell.cell();
    SequenceWork work = ofCell.of(sequence);
    add(CostKey.of(cell, Phase.PREFILL), work.prefill(), prefillNanos);
    if (decodeNanos != null) {
      add(CostKey.of(cell, Phase.ofDecode(work.kvCache())), work.decode(), decodeNanos);
    }
  }

  /**
   * Takes notice of what an interrupted run left behind.
   *
   * @param measurements in the columns of {@link MeasurementTable}
   * @param sequences by their ids
   */
  public void addAll(Dataset<Row> measurements, Map<String, Cell> cells, List<Sequence> sequences) {
    Dataset<Row> times =
        measurements
            .where(col("status").equalTo(Status.OK.label()))
            .select("cell_id", "sequence_id", "prefill_ns", "decode_ns_mean");
    Map<String, CellWork> works = new HashMap<>();
    for (Row row : (Iterable<Row>) times::toLocalIterator) {
      String cellId = row.getString(0);
      if (cells.containsKey(cellId)) {
        CellWork work = works.computeIfAbsent(cellId, id -> new CellWork(cells.get(id)));
        add(work, sequences.get(row.getInt(1)), row.getLong(2), row.getAs(3));
      }
    }
  }

  /** The rows with the time that one pass of each was predicted to take. */
  public List<MeasuredRow> predicted(Shard shard, List<MeasuredRow> rows) {
    ToDoubleFunction<Sequence> passNanos = model.passNanos(shard.cell());
    Map<Integer, Sequence> sequences = byId(shard);
    return rows.stream()
        .map(
            row ->
                row.withPredictedNanos(
                    (long) passNanos.applyAsDouble(sequences.get(row.sequence().id()))))
        .toList();
  }

  /**
   * Fits the constants of all work that was measured since they were fitted last. Those that cannot
   * be fitted stay as they were.
   */
  public CostModel fit() {
    Map<CostKey, PhaseCost> fitted = new HashMap<>(model.fitted());
    for (CostKey key : changed) {
      effort.run(NOT_LEARNT, () -> fitted.put(key, fitted(key)));
    }
    changed.clear();
    double scale = model.measuringScale() * measuredNanos / predictedNanos;
    predictedNanos = 0;
    measuredNanos = 0;
    model =
        new CostModel(fitted, scale > 0 && Double.isFinite(scale) ? scale : model.measuringScale());
    return model;
  }

  private PhaseCost fitted(CostKey key) {
    LogLinearFit.Fitted fitted =
        LogLinearFit.fit(known.cost(key).coefficients(), samples.get(key).kept);
    if (!fitted.settled()) {
      effort.tell(
          NOT_LEARNT + " to the end",
          "the fit of %s %s %s on %d thread%s was still moving; its last constants are used"
              .formatted(
                  key.engine(),
                  key.precision().label(),
                  key.phase().label(),
                  key.threads(),
                  key.threads() == 1 ? "" : "s"));
    }
    return PhaseCost.of(fitted.coefficients());
  }

  private void add(CostKey key, PhaseWork work, double nanos) {
    if (!(nanos > 0) || !Double.isFinite(nanos)) {
      return;
    }
    samples.computeIfAbsent(key, any -> new Sample()).add(PhaseCost.observation(work, nanos));
    changed.add(key);
  }

  private static Map<Integer, Sequence> byId(Shard shard) {
    return shard.sequences().stream().collect(Collectors.toMap(Sequence::id, Function.identity()));
  }

  /** A uniform sample of all that were added (reservoir sampling, Vitter 1985, algorithm R). */
  private static final class Sample {
    private static final int MOST = 256;

    private final List<Observation> kept = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(MOST);
    private long added;

    void add(Observation observation) {
      added++;
      if (kept.size() < MOST) {
        kept.add(observation);
        return;
      }
      long place = random.nextLong(added);
      if (place < MOST) {
        kept.set((int) place, observation);
      }
    }
  }
}
