package io.headroom.jobs.sweep.executor;

import io.headroom.attention.AttentionEngine;
import io.headroom.host.Calibrator;
import io.headroom.host.Environment;
import io.headroom.host.HeapLedger;
import io.headroom.host.HostProbe;
import io.headroom.host.Ticker;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.MeasureSettings;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.MeasurementRows;
import io.headroom.jobs.sweep.rows.RowOrigin;
import io.headroom.jobs.workload.Sequence;
import io.headroom.measure.SequenceMeasurement;
import io.headroom.measure.SequenceRequest;
import io.headroom.measure.SideBySide;
import io.headroom.measure.SyntheticTensors;
import io.headroom.measure.TimeLimit;
import io.headroom.measure.TimeLimitException;
import io.headroom.measure.WarmKernels;
import io.headroom.model.LayerSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures a shard on an executor. Whatever goes wrong with a sequence becomes its row; nothing but
 * the end of the process takes the other rows with it.
 */
final class MeasureShard {
  private static final Logger LOG = LoggerFactory.getLogger(MeasureShard.class);

  /** What this process has run before, and how its host was. */
  private static final WarmKernels KERNELS = new WarmKernels();

  private static final Calibrator CALIBRATOR = new Calibrator();

  private final EngineFactory engines;
  private final CalibratedShard calibrated =
      new CalibratedShard(CALIBRATOR, this::measure, MeasureShard::failed);

  MeasureShard(EngineFactory engines) {
    this.engines = engines;
  }

  /** One row a sequence. */
  List<MeasuredRow> rows(Shard shard) {
    return calibrated.measure(shard);
  }

  private List<MeasuredRow> measure(Shard shard) {
    Cell cell = shard.cell();
    Optional<String> lackOfCores = lackOfCores(cell, TaskContext.get().cpus());
    if (lackOfCores.isPresent()) {
      return notMeasured(shard, shard.sequences(), Status.UNSUPPORTED, lackOfCores.get());
    }
    List<MeasuredRow> rows = new ArrayList<>();
    try (SideBySide copies =
        new SideBySide(
            cell.contention(),
            () -> engines.create(cell.engine(), cell.threads()),
            Ticker.system())) {
      for (Sequence sequence : shard.sequences()) {
        TaskFailure.endIfKilled();
        rows.add(measure(shard, sequence, copies));
      }
    } catch (RuntimeException | Error e) {
      TaskFailure.endIfInterrupted(e);
      List<Sequence> left = shard.sequences().subList(rows.size(), shard.sequences().size());
      if (left.isEmpty()) {
        LOG.warn("the {} engine was not closed well; its rows stand", cell.engine(), e);
      }
      rows.addAll(notMeasured(shard, left, Status.FAILED, TaskFailure.reason(e)));
    }
    return rows;
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

  private static MeasuredRow measure(Shard shard, Sequence sequence, SideBySide copies) {
    try {
      return measureOrRefuse(shard, sequence, copies);
    } catch (TimeLimitException e) {
      TaskFailure.endIfKilled();
      String reason =
          "%s (measure.time-limit-seconds): ended in %s"
              .formatted(e.getMessage(), copies.phase().label());
      return notMeasured(shard, sequence, Status.FAILED, reason);
    } catch (RuntimeException | Error e) {
      TaskFailure.endIfInterrupted(e);
      return notMeasured(shard, sequence, Status.FAILED, TaskFailure.reason(e));
    }
  }

  private static MeasuredRow measureOrRefuse(Shard shard, Sequence sequence, SideBySide copies) {
    Cell cell = shard.cell();
    AttentionEngine engine = copies.engine();
    RowOrigin origin = origin(shard);
    SequenceRequest request = request(shard, sequence);
    try (Admission admission = Admission.of(request, copies, HeapLedger.ofProcess())) {
      if (admission.refusal().isPresent()) {
        return notMeasured(shard, sequence, Status.UNSUPPORTED, admission.refusal().get());
      }
      HostProbe.Peaks peaks = HostProbe.peaks(cell.threads());
      TimeLimit limit = new TimeLimit(Duration.ofNanos(shard.measure().timeLimitNanos()));
      SequenceMeasurement measured =
          limit.run(() -> KERNELS.measure(copies, request, shard.measure().warmUpNanos()));
      return MeasurementRows.measured(
          origin, cell, shard.cellId(), sequence, engine.detail(), measured, peaks);
    }
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

  private static List<MeasuredRow> failed(Shard shard, String reason) {
    return notMeasured(shard, shard.sequences(), Status.FAILED, reason);
  }

  private static List<MeasuredRow> notMeasured(
      Shard shard, List<Sequence> sequences, Status status, String reason) {
    return sequences.stream()
        .map(sequence -> notMeasured(shard, sequence, status, reason))
        .toList();
  }

  private static MeasuredRow notMeasured(
      Shard shard, Sequence sequence, Status status, String reason) {
    return MeasurementRows.notMeasured(
        origin(shard), shard.cell(), shard.cellId(), sequence, status, reason);
  }

  private static RowOrigin origin(Shard shard) {
    TaskContext task = TaskContext.get();
    return new RowOrigin(
        shard.measure().runId(),
        task.stageAttemptNumber(),
        task.attemptNumber(),
        task.partitionId(),
        SparkEnv.get().executorId(),
        Environment.hostName(),
        Instant.now());
  }
}
