package io.headroom.jobs.measurements;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of {@code measurements}: one row per cell and sequence. To add a column, name it here
 * and set it where a sweep makes its rows Spark's.
 */
public final class MeasurementTable {
  /** Its folder among the results. */
  public static final String NAME = "measurements";

  /** Counts the changes of the columns. */
  public static final int SCHEMA_VERSION = 2;

  private static final Map<String, DataType> COLUMNS = columns();

  /** Columns that rows of this version have lacked once: there they are null. */
  public static final Set<String> ADDED = Set.of("assumed", "state_bytes");

  /** All columns, each of which may be null. */
  public static final StructType SCHEMA =
      new StructType(
          COLUMNS.entrySet().stream()
              .map(
                  column ->
                      new StructField(column.getKey(), column.getValue(), true, Metadata.empty()))
              .toArray(StructField[]::new));

  /** Columns that describe a configuration and follow from its axes, or are those of the sweep. */
  private static final List<String> DESCRIPTIONS =
      List.of(
          "layers",
          "hidden_size",
          "query_heads",
          "group_size",
          "head_dim",
          "layers_measured",
          "seed",
          "assumed");

  /** The columns that all rows of a cell have in common. */
  static final List<String> OF_A_CELL =
      COLUMNS.keySet().stream()
          .filter(column -> DESCRIPTIONS.contains(column) || Axis.allColumns().contains(column))
          .toList();

  private MeasurementTable() {}

  private static Map<String, DataType> columns() {
    Map<String, DataType> columns = new LinkedHashMap<>();
    add(columns, IntegerType, "schema_version");
    add(columns, StringType, "run_id", "cell_id");
    add(
        columns,
        IntegerType,
        "sequence_id",
        "wave",
        "stage_attempt",
        "task_attempt",
        "partition_id");
    add(columns, StringType, "executor_id", "host");
    add(columns, TimestampType, "started_at");

    add(columns, StringType, "model");
    add(columns, IntegerType, "layers", "hidden_size", "query_heads", "kv_heads", "group_size");
    add(columns, StringType, "variant");
    add(columns, IntegerType, "head_dim");
    add(columns, StringType, "kv_precision", "kv_cache");
    add(columns, IntegerType, "window", "sinks");
    add(columns, StringType, "engine", "engine_detail");
    add(columns, IntegerType, "threads", "contention", "context_shards");
    add(columns, IntegerType, "prompt_tokens", "output_tokens", "layers_measured");
    add(columns, LongType, "seed");
    add(columns, BooleanType, "assumed");

    add(columns, LongType, "kv_bytes_per_token", "kv_bytes", "kv_bytes_allocated", "kv_bytes_mha");
    add(columns, DoubleType, "kv_saving");
    add(columns, LongType, "state_bytes");

    add(columns, LongType, "prefill_ns", "prefill_ns_low", "prefill_ns_high", "prefill_samples");
    add(columns, BinaryType, "prefill_histogram");
    add(columns, LongType, "decode_ns_p50", "decode_ns_p50_low", "decode_ns_p50_high");
    add(columns, LongType, "decode_ns_p90", "decode_ns_p99");
    add(columns, DoubleType, "decode_ns_mean");
    add(columns, LongType, "decode_ns_max", "decode_samples");
    add(columns, BinaryType, "decode_histogram");
    add(columns, IntegerType, "warmup_iterations");
    add(columns, BooleanType, "steady");
    add(columns, DoubleType, "cpu_wall_ratio");
    add(columns, LongType, "gc_ms", "allocated_bytes", "steal_ms", "involuntary_switches");
    add(columns, DoubleType, "calibration_gflops", "calibration_gbps", "calibration_drift");
    add(columns, BooleanType, "noisy");
    add(columns, IntegerType, "measuring_attempt");

    add(columns, DoubleType, "prefill_gflops", "decode_gbps", "peak_gflops", "stream_gbps");
    add(columns, DoubleType, "fraction_of_peak", "fraction_of_stream");

    add(columns, BooleanType, "verified");
    add(columns, DoubleType, "max_abs_error", "relative_l2_error");

    add(columns, LongType, "predicted_ns");
    add(columns, StringType, "status", "reason");
    return columns;
  }

  private static void add(Map<String, DataType> columns, DataType type, String... names) {
    for (String name : names) {
      columns.put(name, type);
    }
  }
}
