package io.headroom.jobs.sweep;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.AttentionEngines;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.measure.Environment;
import io.headroom.measure.HostProbe;
import io.headroom.measure.SequenceMeasurement;
import io.headroom.measure.SequenceMeasurer;
import io.headroom.measure.SequenceRequest;
import io.headroom.measure.SyntheticTensors;
import io.headroom.measure.Ticker;
import io.headroom.model.LayerSpec;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
  private static final int WARM_UP_PROMPT_TOKENS = 512;
  private static final int WARM_UP_OUTPUT_TOKENS = 16;

  /** What this process has run before. */
  private static final Set<Object> WARM_KINDS = ConcurrentHashMap.newKeySet();

  @Override
  public Iterator<Row> call(Iterator<Shard> shards) {
    List<Row> rows = new ArrayList<>();
    while (shards.hasNext()) {
      measure(shards.next(), rows);
    }
    return rows.iterator();
  }

  private static void measure(Shard shard, List<Row> rows) {
    Cell cell = shard.cell();
    try (AttentionEngine engine = AttentionEngines.create(cell.engine(), cell.threads())) {
      for (Sequence sequence : shard.sequences()) {
        rows.add(measure(shard, sequence, engine));
      }
    } catch (EngineUnavailableException e) {
      for (Sequence sequence : shard.sequences()) {
        rows.add(notMeasured(shard, sequence, Status.FAILED, e.getMessage()));
      }
    }
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
      SequenceMeasurer measurer = new SequenceMeasurer(engine, Ticker.system());
      warmUp(measurer, request, engine.detail(), shard.measure().warmUpNanos());
      SequenceMeasurement measured = measurer.measure(request);
      return MeasurementRows.measured(
          origin, cell, shard.cellId(), sequence, engine.detail(), measured, peaks);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      if (TaskContext.get().isInterrupted()) {
        throw e;
      }
      return notMeasured(shard, sequence, Status.FAILED, reason(e));
    }
  }

  /**
   * Has this process compile the kernels that the request needs, once: the first sequence of a kind
   * would otherwise be measured while the compiler is at work beside it.
   */
  private static void warmUp(
      SequenceMeasurer measurer, SequenceRequest request, String engine, long budgetNanos) {
    List<Object> kind =
        List.of(
            engine,
            request.precision(),
            request.kvCache(),
            request.threads(),
            request.layers().stream().map(Attention::shape).toList());
    if (WARM_KINDS.add(kind)) {
      measurer.warmUp(request.shortened(WARM_UP_PROMPT_TOKENS, WARM_UP_OUTPUT_TOKENS), budgetNanos);
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
