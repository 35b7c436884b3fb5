package io.headroom.jobs.sweep.rows;

import io.headroom.attention.OutputVerdict;
import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.measure.AttentionSpeed;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The way of a measured row into {@link MeasurementTable}, and the only one: which value each of
 * its columns has.
 */
public final class SparkRows {
  private static final Map<String, Function<MeasuredRow, Object>> COLUMNS = columns();

  static {
    List<String> known = List.copyOf(COLUMNS.keySet());
    List<String> asked = Arrays.asList(MeasurementTable.SCHEMA.fieldNames());
    if (!known.equals(asked)) {
      throw new IllegalStateException(
          "these columns are set: %s; the table has: %s".formatted(known, asked));
    }
  }

  private SparkRows() {}

  /** The row in the columns of {@link MeasurementTable}. */
  public static Row of(MeasuredRow row) {
    return RowFactory.create(COLUMNS.values().stream().map(column -> column.apply(row)).toArray());
  }

  private static Map<String, Function<MeasuredRow, Object>> columns() {
    Map<String, Function<MeasuredRow, Object>> columns = new LinkedHashMap<>();
    addOrigin(columns);
    addConfiguration(columns);
    addMemory(columns);
    addLatency(columns);
    addCalibration(columns);
    addSpeed(columns);
    addCorrectness(columns);
    columns.put("predicted_ns", row -> row.driver().predictedNanos());
    columns.put("status", row -> row.outcome().status().label());
    columns.put("reason", row -> row.outcome().reason());
    return columns;
  }

  private static void addOrigin(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("schema_version", row -> MeasurementTable.SCHEMA_VERSION);
    columns.put("run_id", row -> row.origin().runId());
    columns.put("cell_id", row -> row.configuration().cellId());
    columns.put("sequence_id", ofSequence(RowSequence::id));
    columns.put("wave", row -> row.driver().wave());
    columns.put("stage_attempt", row -> row.origin().stageAttempt());
    columns.put("task_attempt", row -> row.origin().taskAttempt());
    columns.put("partition_id", row -> row.origin().partitionId());
    columns.put("executor_id", row -> row.origin().executorId());
    columns.put("host", row -> row.origin().host());
    columns.put("started_at", row -> Timestamp.from(row.origin().startedAt()));
  }

  private static void addConfiguration(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("model", row -> row.configuration().model());
    columns.put("layers", row -> row.configuration().layers());
    columns.put("hidden_size", row -> row.configuration().hiddenSize());
    columns.put("query_heads", row -> row.configuration().queryHeads());
    columns.put("kv_heads", row -> row.configuration().kvHeads());
    columns.put("group_size", row -> row.configuration().groupSize());
    columns.put("variant", row -> row.configuration().variant());
    columns.put("head_dim", row -> row.configuration().headDim());
    columns.put("kv_precision", row -> row.configuration().precision().label());
    columns.put("kv_cache", row -> row.configuration().kvCache() ? "on" : "off");
    columns.put("window", row -> row.configuration().window());
    columns.put("sinks", row -> row.configuration().sinks());
    columns.put("engine", row -> row.configuration().engine());
    columns.put("engine_detail", ofMeasurement(RowMeasurement::engineDetail));
    columns.put("threads", row -> row.configuration().threads());
    columns.put("contention", row -> row.configuration().contention());
    columns.put("context_shards", row -> row.configuration().contextShards());
    columns.put("prompt_tokens", ofSequence(RowSequence::promptTokens));
    columns.put("output_tokens", ofSequence(RowSequence::outputTokens));
    columns.put("layers_measured", row -> row.configuration().layersMeasured());
    columns.put("seed", row -> row.configuration().seed());
    columns.put("assumed", row -> row.configuration().assumed());
  }

  private static void addMemory(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("kv_bytes_per_token", ofSequence(RowSequence::kvBytesPerToken));
    columns.put("kv_bytes", ofSequence(RowSequence::kvBytes));
    columns.put("kv_bytes_allocated", ofMeasurement(RowMeasurement::kvBytesAllocated));
    columns.put("kv_bytes_mha", ofSequence(RowSequence::kvBytesMha));
    columns.put("kv_saving", ofSequence(RowSequence::kvSaving));
    columns.put("state_bytes", ofSequence(RowSequence::stateBytes));
  }

  private static void addLatency(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("prefill_ns", ofPrefill(RowLatency::p50Nanos));
    columns.put("prefill_ns_low", ofPrefill(RowLatency::p50LowNanos));
    columns.put("prefill_ns_high", ofPrefill(RowLatency::p50HighNanos));
    columns.put("prefill_samples", ofPrefill(RowLatency::samples));
    columns.put("prefill_histogram", ofPrefill(SparkRows::bytes));
    columns.put("decode_ns_p50", ofDecode(RowLatency::p50Nanos));
    columns.put("decode_ns_p50_low", ofDecode(RowLatency::p50LowNanos));
    columns.put("decode_ns_p50_high", ofDecode(RowLatency::p50HighNanos));
    columns.put("decode_ns_p90", ofDecode(RowLatency::p90Nanos));
    columns.put("decode_ns_p99", ofDecode(RowLatency::p99Nanos));
    columns.put("decode_ns_mean", ofDecode(RowLatency::meanNanos));
    columns.put("decode_ns_max", ofDecode(RowLatency::maxNanos));
    columns.put("decode_samples", ofDecode(RowLatency::samples));
    columns.put("decode_histogram", ofDecode(SparkRows::bytes));
    columns.put("warmup_iterations", ofMeasurement(RowMeasurement::warmUpIterations));
    columns.put("steady", ofMeasurement(RowMeasurement::steady));
    columns.put("cpu_wall_ratio", ofMeasurement(RowMeasurement::cpuWallRatio));
    columns.put("gc_ms", ofMeasurement(RowMeasurement::gcMillis));
    columns.put("allocated_bytes", ofMeasurement(RowMeasurement::allocatedBytes));
    columns.put("steal_ms", ofMeasurement(RowMeasurement::stealMillis));
    columns.put("involuntary_switches", ofMeasurement(RowMeasurement::involuntarySwitches));
  }

  private static void addCalibration(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("calibration_gflops", ofCalibration(RowCalibration::gflops));
    columns.put("calibration_gbps", ofCalibration(RowCalibration::streamGbps));
    columns.put("calibration_drift", ofCalibration(RowCalibration::drift));
    columns.put("noisy", ofCalibration(RowCalibration::noisy));
    columns.put("measuring_attempt", ofCalibration(RowCalibration::attempt));
  }

  private static void addSpeed(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("prefill_gflops", ofSpeed(AttentionSpeed::prefillGflops));
    columns.put("decode_gbps", ofSpeed(speed -> known(speed.decodeGbps())));
    columns.put("peak_gflops", ofSpeed(AttentionSpeed::peakGflops));
    columns.put("stream_gbps", ofSpeed(AttentionSpeed::streamGbps));
    columns.put("fraction_of_peak", ofSpeed(AttentionSpeed::fractionOfPeak));
    columns.put("fraction_of_stream", ofSpeed(speed -> known(speed.fractionOfStream())));
  }

  private static void addCorrectness(Map<String, Function<MeasuredRow, Object>> columns) {
    columns.put("verified", ofVerdict(OutputVerdict::isRight));
    columns.put("max_abs_error", ofVerdict(verdict -> verdict.error().maxAbsolute()));
    columns.put("relative_l2_error", ofVerdict(verdict -> verdict.error().relativeL2()));
  }

  private static Function<MeasuredRow, Object> ofSequence(Function<RowSequence, Object> column) {
    return ifThere(MeasuredRow::sequence, column);
  }

  private static Function<MeasuredRow, Object> ofMeasurement(
      Function<RowMeasurement, Object> column) {
    return ifThere(MeasuredRow::measurement, column);
  }

  private static Function<MeasuredRow, Object> ofCalibration(
      Function<RowCalibration, Object> column) {
    return ifThere(MeasuredRow::calibration, column);
  }

  private static Function<MeasuredRow, Object> ofPrefill(Function<RowLatency, Object> column) {
    return ofMeasurement(ifThere(RowMeasurement::prefill, column));
  }

  private static Function<MeasuredRow, Object> ofDecode(Function<RowLatency, Object> column) {
    return ofMeasurement(ifThere(RowMeasurement::decode, column));
  }

  private static Function<MeasuredRow, Object> ofSpeed(Function<AttentionSpeed, Object> column) {
    return ofMeasurement(ifThere(RowMeasurement::speed, column));
  }

  private static Function<MeasuredRow, Object> ofVerdict(Function<OutputVerdict, Object> column) {
    return ofMeasurement(ifThere(RowMeasurement::verdict, column));
  }

  /** Null where the part is. */
  private static <T, P> Function<T, Object> ifThere(
      Function<T, P> part, Function<P, Object> column) {
    return whole -> {
      P found = part.apply(whole);
      return found == null ? null : column.apply(found);
    };
  }

  private static Object bytes(RowLatency latency) {
    return latency.histogram() == null ? null : latency.histogram().bytes();
  }

  /** Null in place of NaN, which stands for what was not measured. */
  private static Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
