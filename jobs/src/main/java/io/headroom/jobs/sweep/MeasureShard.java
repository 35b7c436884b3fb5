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
import io.headroom.measure.SideBySide;
import io.headroom.measure.SyntheticTensors;
import io.headroom.measure.Ticker;
import io.headroom.measure.WarmKernels;
import io.headroom.model.LayerSpec;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;

/**
 * Measures a shard on an executor. Whatever goes wrong with a sequence becomes its row; nothing but
 * the end of the process takes the other rows with it.
 */
final class MeasureShard {
  /** What this process has run before. */
  private static final WarmKernels KERNELS = new WarmKernels();

  private static final CalibratedShard CALIBRATED =
      new CalibratedShard(new Calibrator(), MeasureShard::measure, MeasureShard::failed);

  private MeasureShard() {}

  /** One row a sequence. */
  static List<Row> rows(Shard shard) {
    return CALIBRATED.measure(shard);
  }

  private static List<Row> measure(Shard shard) {
    Cell cell = shard.cell();
    List<Row> rows = new ArrayList<>();
    Optional<String> lackOfCores = lackOfCores(cell, TaskContext.get().cpus());
    if (lackOfCores.isPresent()) {
      for (Sequence sequence : shard.sequences()) {
        rows.add(notMeasured(shard, sequence, Status.UNSUPPORTED, lackOfCores.get()));
      }
      return rows;
    }
    try (SideBySide copies =
        new SideBySide(
            cell.contention(),
            () -> AttentionEngines.create(cell.engine(), cell.threads()),
            Ticker.system())) {
      for (Sequence sequence : shard.sequences()) {
        rows.add(measure(shard, sequence, copies));
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

  /** Threads without a core of their own would measure each other. */
  static Optional<String> lackOfCores(Cell cell, int cores) {
    if (cell.cores() <= cores) {
      return Optional.empty();
    }
    String copies =
        cell.contention() == 1 ? "" : "%d copies side by side of ".formatted(cell.contention());
    return Optional.of(
        "%s%d thread%s need %d cores, the task has %d (spark.task.cpus)"
            .formatted(
                copies, cell.threads(), cell.threads() == 1 ? "" : "s", cell.cores(), cores));
  }

  private static Row measure(Shard shard, Sequence sequence, SideBySide copies) {
    Cell cell = shard.cell();
    AttentionEngine engine = copies.engine();
    MeasurementRows.Origin origin = origin(shard);
    try {
      SequenceRequest request = request(shard, sequence);
      Optional<String> unsupported = unsupported(copies, cell, request);
      if (unsupported.isPresent()) {
        return notMeasured(shard, sequence, Status.UNSUPPORTED, unsupported.get());
      }
      HostProbe.Peaks peaks = HostProbe.peaks(cell.threads());
      SequenceMeasurement measured =
          KERNELS.measure(copies, request, shard.measure().warmUpNanos());
      return MeasurementRows.measured(
          origin, cell, shard.cellId(), sequence, engine.detail(), measured, peaks);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      if (TaskContext.get().isInterrupted()) {
        throw e;
      }
      return notMeasured(shard, sequence, Status.FAILED, reason(e));
    }
  }

  private static Optional<String> unsupported(
      SideBySide copies, Cell cell, SequenceRequest request) {
    for (Attention attention : request.layers()) {
      Optional<String> reason = copies.engine().unsupported(attention, request.cache(attention));
      if (reason.isPresent()) {
        return reason;
      }
    }
    if (copies.unsupported().isPresent()) {
      return copies.unsupported();
    }
    long heapBytes = Runtime.getRuntime().maxMemory() / cell.contention();
    String forEach =
        cell.contention() == 1
            ? ""
            : " for each of the %d copies side by side".formatted(cell.contention());
    return request.tooLargeFor(heapBytes).map(reason -> reason + forEach);
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
