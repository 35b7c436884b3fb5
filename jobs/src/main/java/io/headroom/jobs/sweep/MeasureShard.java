package io.headroom.jobs.sweep;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngines;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.measure.Calibrator;
import io.headroom.measure.Environment;
import io.headroom.measure.HostProbe;
import io.headroom.measure.SequenceMeasurement;
import io.headroom.measure.SequenceRequest;
import io.headroom.measure.SyntheticTensors;
import io.headroom.measure.WarmKernels;
import io.headroom.model.LayerSpec;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/**
 * Measures shards on an executor. Whatever goes wrong with a sequence becomes its row; nothing but
 * the end of the process takes the other rows with it.
 */
final class MeasureShard implements FlatMapFunction<Iterator<Shard>, Row> {
  private static final long serialVersionUID = 1L;

  /** What this process has run before. */
  private static final WarmKernels KERNELS = new WarmKernels();

  private static final CalibratedShard CALIBRATED =
      new CalibratedShard(new Calibrator(), MeasureShard::measure, MeasureShard::failed);

  @Override
  public Iterator<Row> call(Iterator<Shard> shards) {
    List<Row> rows = new ArrayList<>();
    while (shards.hasNext()) {
      rows.addAll(CALIBRATED.measure(shards.next()));
    }
    return rows.iterator();
  }

  private static List<Row> measure(Shard shard) {
    Cell cell = shard.cell();
    List<Row> rows = new ArrayList<>();
    try (AttentionEngine engine = AttentionEngines.create(cell.engine(), cell.threads())) {
      for (Sequence sequence : shard.sequences()) {
        rows.add(measure(shard, sequence, engine));
      }
    } catch (EngineUnavailableException e) {
      for (Sequence sequence : shard.sequences()) {
        rows.add(notMeasured(shard, sequence, Status.FAILED, e.getMessage()));
      }
    }
    return rows;
  }

  private static List<Row> failed(Shard shard, String reason) {
    return shard.sequences().stream()
        .map(sequence -> notMeasured(shard, sequence, Status.FAILED, reason))
        .toList();
  }

  private static Row measure(Shard shard, Sequence sequence, AttentionEngine engine) {
    Cell cell = shard.cell();
    MeasurementRows.Origin origin = origin(shard);
    try {
      SequenceRequest request = request(shard, sequence);
      Optional<String> unsupported = unsupported(engine, request);
      if (unsupported.isPresent()) {
        return notMeasured(shard, sequence, Status.UNSUPPORTED, unsupported.get());
      }
      HostProbe.Peaks peaks = HostProbe.peaks(cell.threads());
      SequenceMeasurement measured =
          KERNELS.measure(engine, request, shard.measure().warmUpNanos());
      return MeasurementRows.measured(
          origin, cell, shard.cellId(), sequence, engine.detail(), measured, peaks);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      if (TaskContext.get().isInterrupted()) {
        throw e;
      }
      return notMeasured(shard, sequence, Status.FAILED, reason(e));
    }
  }

  private static Optional<String> unsupported(AttentionEngine engine, SequenceRequest request) {
    for (Attention attention : request.layers()) {
      Optional<String> reason = engine.unsupported(attention, request.cache(attention));
      if (reason.isPresent()) {
        return reason;
      }
    }
    return request.tooLargeFor(Runtime.getRuntime().maxMemory());
  }

  private static SequenceRequest request(Shard shard, Sequence sequence) {
    Cell cell = shard.cell();
    MeasureSettings measure = shard.measure();
    return new SequenceRequest(
        cell.measuredLayers(sequence.totalTokens()).stream().map(LayerSpec::attention).toList(),
        cell.precision(),
        cell.kvCache(),
        sequence.promptTokens(),
        sequence.outputTokens(),
        SyntheticTensors.mix(cell.seed(), sequence.id()),
        cell.threads(),
        measure.minSamples(),
        measure.sequenceBudgetNanos(),
        measure.verifies(shard.cellId(), sequence));
  }

  private static Row notMeasured(Shard shard, Sequence sequence, Status status, String reason) {
    return MeasurementRows.notMeasured(
        origin(shard), shard.cell(), shard.cellId(), sequence, status, reason);
  }

  private static MeasurementRows.Origin origin(Shard shard) {
    TaskContext task = TaskContext.get();
    return new MeasurementRows.Origin(
        shard.measure().runId(),
        shard.wave(),
        task.stageAttemptNumber(),
        task.attemptNumber(),
        task.partitionId(),
        SparkEnv.get().executorId(),
        Environment.hostName(),
        Timestamp.from(Instant.now()));
  }

  private static String reason(Throwable thrown) {
    return thrown.toString().strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
