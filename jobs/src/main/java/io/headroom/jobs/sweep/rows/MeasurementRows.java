package io.headroom.jobs.sweep.rows;

import io.headroom.attention.Attention;
import io.headroom.attention.AttentionShape;
import io.headroom.attention.AttentionWork;
import io.headroom.attention.OutputError;
import io.headroom.host.HostProbe;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.MeasurementTable.RowBuilder;
import io.headroom.jobs.measurements.Status;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.UnbuildableCell;
import io.headroom.jobs.sweep.settings.KvHeads;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import io.headroom.measure.LatencyHistogram;
import io.headroom.measure.SequenceMeasurement;
import io.headroom.model.LayerSpec;
import io.headroom.model.ModelSpec;
import java.sql.Timestamp;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;

/**
 * Makes rows of {@link MeasurementTable} from cells, sequences and what was measured. {@link
 * DriverColumns} are null in them.
 */
public final class MeasurementRows {
  private MeasurementRows() {}

  /** Where and when a row was made. */
  public record Origin(
      String runId,
      int stageAttempt,
      int taskAttempt,
      int partitionId,
      String executorId,
      String host,
      Timestamp startedAt) {}

  /**
   * How much two outputs may differ before a row counts as wrong, as relative L2 error on normal
   * data: rounding for the floating-point precisions, quantisation for the others.
   */
  static double tolerance(KvPrecision precision) {
    return switch (precision) {
      case F32 -> 2e-5;
      case F16 -> 2e-3;
      case BF16 -> 1e-2;
      case INT8 -> 2e-2;
      case INT4 -> 0.3;
    };
  }

  /**
   * The row of a sequence that was measured: failed if its output was compared and is wrong.
   *
   * @param peaks of the host, on the cell's threads
   */
  public static Row measured(
      Origin origin,
      Cell cell,
      String cellId,
      Sequence sequence,
      String engineDetail,
      SequenceMeasurement measured,
      HostProbe.Peaks peaks) {
    RowBuilder row = described(origin, cell, cellId, sequence).set("engine_detail", engineDetail);
    long kvBytes = cell.kvCache() ? measured.kvBytesAllocated() : 0;
    row.set("kv_bytes_allocated", kvBytes);
    setLatency(row, measured);
    row.set("cpu_wall_ratio", measured.usage().cpuWallRatio(cell.threads()));
    setDerived(row, cell, sequence, measured, peaks);
    Status status = setCorrectness(row, cell, measured);
    return row.set("status", status.label()).build();
  }

  /**
   * The row of a sequence that could not be measured.
   *
   * @param reason one line
   */
  public static Row notMeasured(
      Origin origin, Cell cell, String cellId, Sequence sequence, Status status, String reason) {
    return described(origin, cell, cellId, sequence)
        .set("status", status.label())
        .set("reason", reason)
        .build();
  }

  /** The one row of a configuration that cannot be a cell, without a sequence. */
  public static Row unbuildable(Origin origin, UnbuildableCell unbuildable) {
    RowBuilder row = configured(origin, unbuildable.cell(), unbuildable.id(), Cell.MANY_TOKENS);
    if (unbuildable.kvHeads() instanceof KvHeads.Count count) {
      row.set("kv_heads", count.heads()).set("group_size", null).set("variant", null);
    }
    return row.set("status", Status.UNSUPPORTED.label())
        .set("reason", unbuildable.reason())
        .build();
  }

  private static RowBuilder described(Origin origin, Cell cell, String cellId, Sequence sequence) {
    int tokens = sequence.totalTokens();
    RowBuilder row = configured(origin, cell, cellId, tokens);
    ModelSpec model = cell.model();
    long kvBytes = cell.kvCache() ? model.kvBytes(tokens, cell.precision()) : 0;
    long mhaBytes = model.asMha().kvBytes(tokens, cell.precision());
    return row.set("sequence_id", sequence.id())
        .set("prompt_tokens", sequence.promptTokens())
        .set("output_tokens", sequence.outputTokens())
        .set("kv_bytes_per_token", cell.kvCache() ? model.kvBytesPerToken(cell.precision()) : 0L)
        .set("kv_bytes", kvBytes)
        .set("kv_bytes_mha", mhaBytes)
        .set("kv_saving", 1 - (double) kvBytes / mhaBytes);
  }

  private static RowBuilder configured(Origin origin, Cell cell, String cellId, long tokens) {
    ModelSpec model = cell.model();
    List<LayerSpec> measured = cell.measuredLayers(tokens);
    Attention attention = measured.get(0).attention();
    AttentionShape shape = attention.shape();
    return new RowBuilder()
        .set("schema_version", MeasurementTable.SCHEMA_VERSION)
        .set("run_id", origin.runId())
        .set("cell_id", cellId)
        .set("stage_attempt", origin.stageAttempt())
        .set("task_attempt", origin.taskAttempt())
        .set("partition_id", origin.partitionId())
        .set("executor_id", origin.executorId())
        .set("host", origin.host())
        .set("started_at", origin.startedAt())
        .set("model", model.name())
        .set("layers", model.layers().size())
        .set("hidden_size", model.hiddenSize())
        .set("query_heads", shape.queryHeads())
        .set("kv_heads", shape.kvHeads())
        .set("group_size", shape.groupSize())
        .set("variant", model.variant().name())
        .set("head_dim", shape.headDim())
        .set("kv_precision", cell.precision().label())
        .set("kv_cache", cell.kvCache() ? "on" : "off")
        .set("window", attention.mask().window())
        .set("sinks", attention.mask().sinks())
        .set("engine", cell.engine())
        .set("threads", cell.threads())
        .set("contention", cell.contention())
        .set("context_shards", cell.contextShards())
        .set("layers_measured", measured.size())
        .set("seed", cell.seed());
  }

  private static void setLatency(RowBuilder row, SequenceMeasurement measured) {
    LatencyHistogram prefill = measured.prefill();
    LatencyHistogram decode = measured.decode();
    row.set("prefill_ns", boxed(prefill.p50Nanos()))
        .set("prefill_samples", prefill.samples())
        .set("prefill_histogram", prefill.encode())
        .set("decode_ns_p50", boxed(decode.p50Nanos()))
        .set("decode_ns_p90", boxed(decode.p90Nanos()))
        .set("decode_ns_p99", boxed(decode.p99Nanos()))
        .set("decode_ns_max", boxed(decode.maxNanos()))
        .set("decode_samples", decode.samples())
        .set("warmup_iterations", measured.warmUpIterations())
        .set("steady", measured.steady().both())
        .set("gc_ms", measured.usage().gcMillis())
        .set("allocated_bytes", measured.usage().allocatedBytes())
        .set("steal_ms", boxed(measured.disturbance().stealMillis()))
        .set("involuntary_switches", boxed(measured.disturbance().involuntarySwitches()));
    setInterval(row, "prefill_ns", prefill);
    setInterval(row, "decode_ns_p50", decode);
    if (decode.samples() > 0) {
      row.set("decode_ns_mean", decode.meanNanos()).set("decode_histogram", decode.encode());
    }
  }

  private static void setInterval(RowBuilder row, String median, LatencyHistogram samples) {
    samples
        .p50Interval()
        .ifPresent(
            interval ->
                row.set(median + "_low", interval.lowNanos())
                    .set(median + "_high", interval.highNanos()));
  }

  private static void setDerived(
      RowBuilder row,
      Cell cell,
      Sequence sequence,
      SequenceMeasurement measured,
      HostProbe.Peaks peaks) {
    List<LayerSpec> layers = cell.measuredLayers(sequence.totalTokens());
    long prompt = sequence.promptTokens();
    long flops =
        layers.stream()
            .mapToLong(layer -> AttentionWork.flops(layer.attention(), prompt, prompt))
            .sum();
    double prefillGflops = (double) flops / measured.prefill().p50Nanos().orElseThrow();
    row.set("prefill_gflops", prefillGflops)
        .set("peak_gflops", peaks.gflops())
        .set("stream_gbps", peaks.streamGigabytesPerSecond())
        .set("fraction_of_peak", prefillGflops / peaks.gflops());
    if (cell.kvCache() && measured.decode().samples() > 0) {
      long middle = prompt + (sequence.outputTokens() + 1) / 2;
      long bytes =
          layers.stream().mapToLong(layer -> layer.kvBytes(middle, cell.precision())).sum();
      double decodeGbps = (double) bytes / measured.decode().p50Nanos().orElseThrow();
      row.set("decode_gbps", decodeGbps)
          .set("fraction_of_stream", decodeGbps / peaks.streamGigabytesPerSecond());
    }
  }

  private static Status setCorrectness(RowBuilder row, Cell cell, SequenceMeasurement measured) {
    if (measured.outputError().isEmpty()) {
      return Status.OK;
    }
    OutputError error = measured.outputError().get();
    double tolerance = tolerance(cell.precision());
    boolean verified = error.isWithin(tolerance);
    row.set("verified", verified)
        .set("max_abs_error", error.maxAbsolute())
        .set("relative_l2_error", error.relativeL2());
    if (verified) {
      return Status.OK;
    }
    row.set(
        "reason",
        "relative L2 error %.3g against the reference; allowed: %.3g"
            .formatted(error.relativeL2(), tolerance));
    return Status.FAILED;
  }

  private static Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
