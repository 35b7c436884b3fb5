package io.headroom.jobs.testkit;

import io.headroom.jobs.measurements.MeasurementTable;
import io.headroom.jobs.measurements.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Results as a sweep would have written them, of rows that a test makes up. */
public final class ScratchResults {
  private ScratchResults() {}

  /** A row that was measured, quiet and steady; a test sets the rest. */
  public static RowBuilder measured(String model, int kvHeads, String precision, int tokens) {
    int queryHeads = 8;
    long kvBytes = 1_000L * kvHeads * tokens;
    return new RowBuilder()
        .set("schema_version", MeasurementTable.SCHEMA_VERSION)
        .set("sequence_id", 0)
        .set("status", Status.OK.label())
        .set("kv_cache", "on")
        .set("window", 0)
        .set("sinks", 0)
        .set("engine", "vector")
        .set("threads", 1)
        .set("contention", 1)
        .set("context_shards", 1)
        .set("output_tokens", 2)
        .set("decode_samples", 20L)
        .set("fraction_of_peak", 0.5)
        .set("fraction_of_stream", 0.25)
        .set("noisy", false)
        .set("steady", true)
        .set("model", model)
        .set("query_heads", queryHeads)
        .set("kv_heads", kvHeads)
        .set("variant", kvHeads == queryHeads ? "MHA" : kvHeads == 1 ? "MQA" : "GQA")
        .set("kv_precision", precision)
        .set("prompt_tokens", tokens)
        .set("cell_id", "%s-%d-%s".formatted(model, kvHeads, precision))
        .set("kv_bytes_per_token", 1_000L * kvHeads)
        .set("kv_bytes", kvBytes)
        .set("kv_bytes_mha", 1_000L * queryHeads * tokens)
        .set("prefill_ns", 1_000L * tokens * (8 + kvHeads))
        .set("prefill_ns_low", 950L * tokens * (8 + kvHeads))
        .set("prefill_ns_high", 1_100L * tokens * (8 + kvHeads))
        .set("decode_ns_p50", 100L * tokens * kvHeads)
        .set("decode_ns_p50_low", 90L * tokens * kvHeads)
        .set("decode_ns_p50_high", 110L * tokens * kvHeads)
        .set("decode_ns_mean", 100.0 * tokens * kvHeads)
        .set("predicted_ns", 1_200L * tokens * (8 + kvHeads));
  }

  /** Writes {@code measurements} and a manifest. */
  public static void write(Path folder, SparkSession spark, List<Row> rows) {
    spark
        .createDataFrame(rows, MeasurementTable.SCHEMA)
        .coalesce(1)
        .write()
        .parquet(folder.resolve("measurements").toString());
    writeManifest(folder, MeasurementTable.SCHEMA_VERSION);
  }

  public static void writeManifest(Path folder, int schemaVersion) {
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("manifest.json"),
          """
          {"name": "scratch", "state": "done", "schema_version": %d, "started_at": "2026-01-02T03:04:05Z",
           "git_commit": "0123abcd", "spark_version": "4.2.0", "wall_seconds": 12.5,
           "driver": {"java_version": "17.0.15", "processor": "made up", "processors": 4, "max_heap_bytes": 1073741824},
           "hosts": [{"host": "one", "executor_id": "driver", "peak_gflops": 100.0, "stream_gbps": 10.0, "rows": 3}]}
          """
              .formatted(schemaVersion));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
